/// The features this crate was compiled with.
pub fn features() -> Vec<&'static str> {
    let mut on = Vec::new();
    if cfg!(feature = "left") {
        on.push("left");
    }
    if cfg!(feature = "right") {
        on.push("right");
    }
    if cfg!(feature = "build") {
        on.push("build");
    }
    if cfg!(feature = "extra") {
        on.push("extra");
    }
    on
}
