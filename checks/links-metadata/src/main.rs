fn main() {
    println!("{} | {} | {}", env!("SEEN"), user::seen(), alpha_sys::name());
}
