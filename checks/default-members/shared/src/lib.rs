/// The features this crate was compiled with.
pub fn features() -> Vec<&'static str> {
    let mut on = Vec::new();
    if cfg!(feature = "first") {
        on.push("first");
    }
    if cfg!(feature = "second") {
        on.push("second");
    }
    on
}
