fn main() {
    println!("{}", env!("CHAIN"));
}
