pub fn name() -> &'static str {
    "extra"
}
