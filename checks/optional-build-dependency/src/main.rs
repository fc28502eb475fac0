fn main() {
    println!("{}", env!("GENERATED"));
}
