//! Says what it was built for.

fn main() {
    let bits = itoa::Buffer::new().format(usize::BITS).to_owned();
    println!("Hello from {}, {bits} bits", std::env::consts::ARCH);
}
