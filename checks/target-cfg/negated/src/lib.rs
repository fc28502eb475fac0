pub fn name() -> &'static str {
    "negated"
}
