//! Takes memory on one side of a library's border and gives it back on the other.

#[inline(never)]
pub fn words(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("word {number}")).collect()
}

#[inline(never)]
pub fn length(words: Vec<String>) -> usize {
    words.into_iter().map(|word| word.len()).sum()
}

#[inline(never)]
pub fn grow(words: &mut Vec<String>) {
    words.extend((0..1000).map(|number| number.to_string()));
}
