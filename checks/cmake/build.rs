fn main() {
    let installed = cmake::build("native");
    println!("cargo::rustc-link-search=native={}", installed.join("lib").display());
    println!("cargo::rustc-link-lib=static=made");
}
