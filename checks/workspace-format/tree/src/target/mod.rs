pub fn name() -> &'static str {
    "target"
}
