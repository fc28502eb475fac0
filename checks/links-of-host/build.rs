fn main() {
    println!("cargo:rustc-env=HOST={}", user::mode());
    println!(
        "cargo:rustc-env=TARGET_MODE={}",
        std::env::var("DEP_NATIVE_MODE").unwrap()
    );
}
