//! Only libraries from which something is really called are needed: not those whose functions are all generic or inlined,
//! nor those of which nothing is used.

fn main() {
    println!("{} {}", used::call(), generic::largest(&[3, 9, 4]).unwrap());
}
