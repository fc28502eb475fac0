fn main() {
    println!("{}, {}", env!("MADE"), ignored::name());
}
