/// How many words there are in a text.
pub fn count(text: &str) -> usize {
    regex::Regex::new(r"\w+").map_or(0, |word| word.find_iter(text).count())
}
