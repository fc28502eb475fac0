fn main() {
    println!("{}", harness_off::name());
}
