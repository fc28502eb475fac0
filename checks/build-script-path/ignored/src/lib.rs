pub fn name() -> &'static str {
    "no build script"
}
