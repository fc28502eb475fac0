fn main() {
    println!("left {:?} {}", shared::features(), plugin::features!());
}
