fn main() {
    println!(
        "cargo:rustc-env=SEEN={} {}",
        std::env::var("DEP_ALPHA_LIB_ROOT").unwrap(),
        helper::name()
    );
}
