//! Crates that run during the build bring files along, as openssl-src and lua-src do.

fn main() {
    println!("{}", env!("GREETING"));
    println!("{}", labels::label!());
}
