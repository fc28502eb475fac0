/// The features this crate was compiled with.
pub fn features() -> Vec<&'static str> {
    let mut on = Vec::new();
    if cfg!(feature = "one") {
        on.push("one");
    }
    if cfg!(feature = "two") {
        on.push("two");
    }
    on
}

pub const VERSION: &str = env!("CARGO_PKG_VERSION");
