pub fn name() -> &'static str {
    "key"
}
