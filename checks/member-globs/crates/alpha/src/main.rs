fn main() {
    println!("{}", beta::name());
}
