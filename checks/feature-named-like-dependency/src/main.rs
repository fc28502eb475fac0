fn main() {
    println!("{:?} {}", part::features(), cfg!(feature = "side"));
}
