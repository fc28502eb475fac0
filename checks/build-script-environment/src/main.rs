fn main() {
    for line in env!("SEEN").split('|') {
        println!("script {line}");
    }
    println!("rustc CARGO_PKG_VERSION={}", env!("CARGO_PKG_VERSION"));
    println!("rustc CARGO_PKG_AUTHORS={}", env!("CARGO_PKG_AUTHORS"));
    println!("rustc CARGO_PKG_README={}", env!("CARGO_PKG_README"));
    println!("rustc CARGO_CRATE_NAME={}", env!("CARGO_CRATE_NAME"));
    println!("rustc CARGO_BIN_NAME={}", env!("CARGO_BIN_NAME"));
    println!("rustc CARGO_PRIMARY_PACKAGE={:?}", option_env!("CARGO_PRIMARY_PACKAGE").is_some());
    println!("rustc OUT_DIR={}", option_env!("OUT_DIR").is_some());
    println!("file {}", file!());
}
