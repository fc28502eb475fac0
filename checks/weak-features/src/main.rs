fn main() {
    #[cfg(feature = "use-present")]
    println!("present: {:?}", present::features());
    #[cfg(feature = "use-absent")]
    println!("absent: {:?}", absent::features());
}
