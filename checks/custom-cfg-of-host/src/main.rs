fn main() {
    println!("{:?} {}", part::features(), env!("HOST"));
    #[cfg(only_intel)]
    assert_eq!(extra::name(), "extra");
}
