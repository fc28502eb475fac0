fn main() {
    println!("{}", env!("HOST_UNIX"));
}
