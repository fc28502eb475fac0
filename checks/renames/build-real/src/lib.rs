pub fn name() -> &'static str {
    "build"
}
