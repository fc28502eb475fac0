fn main() {
    println!("metadata is for other tools");
}
