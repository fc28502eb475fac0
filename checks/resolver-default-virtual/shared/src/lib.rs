/// The features this crate was compiled with.
pub fn features() -> Vec<&'static str> {
    let mut on = Vec::new();
    if cfg!(feature = "normal") {
        on.push("normal");
    }
    if cfg!(feature = "build") {
        on.push("build");
    }
    if cfg!(feature = "dev") {
        on.push("dev");
    }
    on
}
