fn main() {
    println!("cargo:rustc-env=FROM_BUILD={}", build_alias::name());
}
