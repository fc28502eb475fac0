fn main() {
    // `part/fast` turns the optional dependency on, and its implicit feature with it.
    println!("part: {}", cfg!(feature = "part"));
    #[cfg(feature = "part")]
    println!("{:?}", part::features());
    println!("{:?}", needed::features());
}
