fn main() {
    println!("rich");
}
