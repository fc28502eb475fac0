fn main() {
    println!(
        "{} {} {}",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_AUTHORS"),
        env!("CARGO_PKG_DESCRIPTION")
    );
    println!("{:?} {} {}", part::features(), env!("HOST"), alias::name());
}
