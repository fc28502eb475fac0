fn main() {
    compile_error!("autoexamples = false");
}
