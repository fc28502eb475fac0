fn main() {
    println!("{:?}", shared::features());
}
