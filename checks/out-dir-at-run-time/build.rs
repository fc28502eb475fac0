//! Files in OUT_DIR: code, bytes, and one that is read when the program runs.

fn main() {
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("code.rs"), "pub fn made() -> &'static str { file!().rsplit('/').next().unwrap() }").unwrap();
    std::fs::create_dir(out.join("data")).ok();
    std::fs::write(out.join("data/bytes"), [1, 2, 3]).unwrap();
    std::fs::write(out.join("data/later.txt"), "read at run time").unwrap();
}
