fn main() {
    println!("target: {}", shared::features().join(" "));
    println!("host: {}", env!("HOST_FEATURES"));
    println!("macro: {}", derive::features!());
    println!("other: {}", other::features().join(" "));
}
