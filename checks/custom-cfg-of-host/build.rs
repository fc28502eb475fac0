fn main() {
    println!("cargo:rustc-env=HOST={:?}", part::features());
}
