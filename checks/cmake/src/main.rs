//! A build script that uses the crate cmake finds the program: freetype-sys 0.13.1 did not.

unsafe extern "C" {
    safe fn made_by_cmake() -> i32;
}

fn main() {
    println!("{}", made_by_cmake());
}
