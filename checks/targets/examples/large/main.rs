fn main() {
    println!("{}", targets::value());
}
