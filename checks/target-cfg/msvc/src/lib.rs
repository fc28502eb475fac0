pub fn name() -> &'static str {
    "msvc"
}
