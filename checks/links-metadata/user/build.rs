fn main() {
    println!("cargo:rustc-env=MODE={}", std::env::var("DEP_ALPHA_LIB_MODE").unwrap());
}
