fn main() {
    println!("right {:?} {}", shared::features(), env!("HOST"));
}
