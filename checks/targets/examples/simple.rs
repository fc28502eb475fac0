fn main() {
    println!("{}", targets::value() + tool::ONE);
}
