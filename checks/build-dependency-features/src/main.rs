fn main() {
    println!("{:?} {}", part::features(), env!("HOST"));
}
