pub fn name() -> &'static str {
    "unknown"
}
