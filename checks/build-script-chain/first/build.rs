fn main() {
    println!("cargo:rustc-env=SECOND={}", second::name());
}
