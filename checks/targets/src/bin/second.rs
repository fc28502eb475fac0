fn main() {
    println!("second {}", targets::value());
}
