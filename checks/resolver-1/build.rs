fn main() {
    println!("cargo:rustc-env=HOST_FEATURES={}", shared::features().join(" "));
}
