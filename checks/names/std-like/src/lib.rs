pub fn name() -> &'static str {
    "std-like"
}
