pub fn name() -> &'static str {
    "part"
}
