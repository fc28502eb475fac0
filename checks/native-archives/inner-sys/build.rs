mod archive;

fn main() {
    archive::build("inner", &["inner.c"]);
    println!("cargo:include={}", std::env::var("CARGO_MANIFEST_DIR").unwrap());
}
