fn main() {
    println!("main {} {:?}", targets::value(), part::features());
}
