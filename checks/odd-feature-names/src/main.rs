fn main() {
    println!(
        "{} {} {} {} {}",
        cfg!(feature = "c++"),
        cfg!(feature = "v1.2"),
        cfg!(feature = "under_score-dash"),
        cfg!(feature = "2d"),
        cfg!(feature = "größe")
    );
    println!("{:?}", part::features());
}
