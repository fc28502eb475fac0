fn main() {
    println!("{}", own_name::r#gen());
}
