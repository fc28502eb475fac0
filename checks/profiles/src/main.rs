fn main() {
    println!(
        "{} {} {} {}",
        part::assertions(),
        other::assertions(),
        env!("HOST_ASSERTIONS"),
        env!("LEVEL")
    );
}
