fn main() {
    println!("{:?} {:?}", shared::features(), library::features());
}
