fn main() {
    println!("cargo::rerun-if-changed=checksum.c");
    cc::Build::new().file("checksum.c").compile("checksum");
}
