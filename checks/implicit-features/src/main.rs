fn main() {
    println!("part: {}, other: {}", cfg!(feature = "part"), cfg!(feature = "other"));
    #[cfg(feature = "part")]
    println!("{}", part::name());
}
