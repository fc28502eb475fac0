pub fn name() -> &'static str {
    "triple"
}
