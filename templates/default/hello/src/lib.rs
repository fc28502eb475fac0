//! Greets once.

/// Prints a greeting.
#[inline(never)]
pub fn hello(text: &str) {
    println!("{text}!");
}
