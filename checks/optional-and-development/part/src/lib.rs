/// The features this crate was compiled with.
pub fn features() -> Vec<&'static str> {
    let mut on = Vec::new();
    if cfg!(feature = "json") {
        on.push("json");
    }
    if cfg!(feature = "testing") {
        on.push("testing");
    }
    on
}
