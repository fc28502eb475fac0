pub fn name() -> &'static str {
    "dashed"
}
