pub fn name() -> &'static str {
    "rlib"
}
