mod archive;

fn main() {
    archive::build("parser", &["parser.c"]);
    // A second time, as scripts do that do not know that the crate cc says it.
    println!("cargo:rustc-link-lib=static=parser");
}
