fn main() {
    println!("{:?}", shared::features());
    user::touch();
}
