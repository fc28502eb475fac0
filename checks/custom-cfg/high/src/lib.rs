pub fn name() -> &'static str {
    "high"
}
