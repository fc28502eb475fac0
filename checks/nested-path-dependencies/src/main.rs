fn main() {
    println!("{}", outer::name());
}
