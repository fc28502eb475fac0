fn main() {
    compile_error!("autobins = false");
}
