fn main() {
    println!(
        "{} {} {} {}",
        dash_ed_name::name(),
        std_like::name(),
        match_::name(),
        x::name()
    );
}
