fn main() {
    compile_error!("build = false: never compiled");
}
