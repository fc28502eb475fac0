fn main() {
    compile_error!("not discovered in edition 2015");
}
