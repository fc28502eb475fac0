fn main() {
    println!("cargo:rustc-env=NAME={}", part::name());
}
