fn main() {
    compile_error!("not the build script of this package");
}
