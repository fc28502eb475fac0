pub fn name() -> &'static str {
    "always"
}
