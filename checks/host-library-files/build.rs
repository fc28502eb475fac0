fn main() {
    println!("cargo::rustc-env=GREETING={}", bundle::greeting());
}
