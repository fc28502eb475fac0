//! Writes into the package's own folder, as generators of code in `src` do.

fn main() {
    std::fs::create_dir_all("src/generated").unwrap();
    std::fs::write("src/generated/mod.rs", "pub const TEXT: &str = \"generated in src\";\n").unwrap();
}
