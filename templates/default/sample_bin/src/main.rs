//! Greets twice, each time through a library of its own.

fn main() {
    hello::hello("Hello");
    hello_again::hello_again();
}
