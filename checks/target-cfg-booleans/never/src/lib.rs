pub fn name() -> &'static str {
    "never"
}
