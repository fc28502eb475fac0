pub fn name() -> &'static str {
    "keyword"
}
