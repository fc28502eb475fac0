fn main() {
    println!("{:?} {:?}", alias::features(), real::features());
}
