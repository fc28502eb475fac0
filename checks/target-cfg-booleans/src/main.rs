fn main() {
    println!("{}", always::name());
}
