fn main() {
    println!("{:?} {}", shared::features(), env!("HOST"));
}
