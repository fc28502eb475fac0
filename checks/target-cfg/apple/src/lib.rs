pub fn name() -> &'static str {
    "apple"
}
