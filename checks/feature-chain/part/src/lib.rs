/// The features this crate was compiled with.
pub fn features() -> Vec<&'static str> {
    let mut on = Vec::new();
    if cfg!(feature = "x") {
        on.push("x");
    }
    if cfg!(feature = "y") {
        on.push("y");
    }
    if cfg!(feature = "z") {
        on.push("z");
    }
    on
}
