/// The features this crate was compiled with.
pub fn features() -> Vec<&'static str> {
    let mut on = Vec::new();
    if cfg!(feature = "target") {
        on.push("target");
    }
    if cfg!(feature = "macro") {
        on.push("macro");
    }
    on
}
