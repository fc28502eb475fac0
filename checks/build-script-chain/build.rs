fn main() {
    println!("cargo:rustc-env=CHAIN={}", first::chain());
}
