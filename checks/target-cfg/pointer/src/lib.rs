pub fn name() -> &'static str {
    "pointer"
}
