pub fn name() -> &'static str {
    "beta"
}
