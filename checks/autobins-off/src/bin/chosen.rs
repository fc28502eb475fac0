fn main() {
    println!("chosen {}", autobins_off::name());
}
