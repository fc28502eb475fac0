pub fn name() -> &'static str {
    "family"
}
