fn main() {
    println!("quiet: {:?}, loud: {:?}", quiet::features(), loud::features());
}
