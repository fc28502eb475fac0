//! Greets once more.

/// Prints a greeting that follows another one.
#[inline(never)]
pub fn hello_again() {
    hello::hello("And hello again");
}
