fn main() {
    println!("{}", same_name::name());
}
