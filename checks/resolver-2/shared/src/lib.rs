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
    if cfg!(feature = "windows") {
        on.push("windows");
    }
    if cfg!(feature = "macro") {
        on.push("macro");
    }
    if cfg!(feature = "member") {
        on.push("member");
    }
    on
}
