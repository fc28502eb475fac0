fn main() {
    println!("{:?}", other::features());
    #[cfg(feature = "json")]
    println!("{:?}", part::features());
}
