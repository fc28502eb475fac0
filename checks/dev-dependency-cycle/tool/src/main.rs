fn main() {
    println!("{}", helper::more());
}
