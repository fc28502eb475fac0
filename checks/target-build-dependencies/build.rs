fn main() {
    println!("cargo:rustc-env=HOST_UNIX={}", part::features().contains(&"unix"));
}
