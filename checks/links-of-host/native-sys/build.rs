fn main() {
    let mode = if std::env::var_os("CARGO_FEATURE_TARGET").is_some() {
        "target"
    } else {
        "host"
    };
    println!("cargo:mode={mode}");
    println!("cargo:rustc-env=MODE={mode}");
}
