pub fn seen() -> &'static str {
    env!("MODE")
}
