fn main() {
    println!("cargo:rustc-env=MADE=made by scripts/make.rs");
}
