/// The features this crate was compiled with.
pub fn features() -> Vec<&'static str> {
    let mut on = Vec::new();
    if cfg!(feature = "std") {
        on.push("std");
    }
    if cfg!(feature = "other") {
        on.push("other");
    }
    on
}
