fn main() {
    println!("cargo:rustc-env=HOST={:?}", shared::features());
}
