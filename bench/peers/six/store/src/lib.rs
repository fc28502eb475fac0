/// A text's key.
pub fn key(text: &str) -> String {
    itoa::Buffer::new().format(words::count(text)).to_owned()
}
