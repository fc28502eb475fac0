fn main() {
    println!("{} {}", part::name(), env!("NAME"));
}
