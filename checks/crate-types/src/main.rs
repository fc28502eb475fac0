fn main() {
    println!("{} {}", both::name(), only_rlib::name());
}
