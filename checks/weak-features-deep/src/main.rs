fn main() {
    println!("{:?} {:?}", middle::features(), other::features());
}
