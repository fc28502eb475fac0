pub fn name() -> &'static str {
    "alpha"
}
