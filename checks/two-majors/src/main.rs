fn main() {
    println!("{} {}", part::VERSION, user::version());
}
