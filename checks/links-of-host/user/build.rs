fn main() {
    println!("cargo:rustc-env=MODE={}", std::env::var("DEP_NATIVE_MODE").unwrap());
}
