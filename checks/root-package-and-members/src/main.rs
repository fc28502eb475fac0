fn main() {
    println!("{:?}", inner::features());
}
