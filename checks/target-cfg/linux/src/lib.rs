pub fn name() -> &'static str {
    "linux"
}
