fn main() {
    println!("cargo:rustc-env=HOST_ASSERTIONS={}", part::assertions());
    println!("cargo:rustc-env=LEVEL={}", std::env::var("OPT_LEVEL").unwrap());
}
