fn main() {
    println!("{} {}", part::inlined(), part::called());
}
