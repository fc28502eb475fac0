pub fn name() -> &'static str {
    "both"
}
