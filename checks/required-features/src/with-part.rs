fn main() {
    println!("{:?}", part::features());
}
