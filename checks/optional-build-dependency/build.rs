fn main() {
    #[cfg(feature = "generate")]
    println!("cargo:rustc-env=GENERATED={:?}", generator::features());
}
