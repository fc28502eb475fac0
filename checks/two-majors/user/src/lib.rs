pub fn version() -> &'static str {
    old::VERSION
}
