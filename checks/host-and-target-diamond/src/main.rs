fn main() {
    println!("{:?} {}", middle::features(), plugin::features!());
}
