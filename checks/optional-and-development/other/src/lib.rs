/// The features this crate was compiled with.
pub fn features() -> Vec<&'static str> {
    let mut on = Vec::new();
    if cfg!(feature = "windows") {
        on.push("windows");
    }
    if cfg!(feature = "unix") {
        on.push("unix");
    }
    on
}
