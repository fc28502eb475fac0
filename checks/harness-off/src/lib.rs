pub fn name() -> &'static str {
    "lib"
}
