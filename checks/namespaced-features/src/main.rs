fn main() {
    // `dep:part` takes the implicit feature `part` away; `unused` keeps its own.
    println!("json: {}", cfg!(feature = "json"));
    println!("unused: {}", cfg!(feature = "unused"));
    #[cfg(feature = "json")]
    println!("{:?}", part::features());
}
