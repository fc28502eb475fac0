fn main() {
    println!(
        "{} {:?}, {} {:?}",
        first::VERSION,
        first::features(),
        second::VERSION,
        second::features()
    );
}
