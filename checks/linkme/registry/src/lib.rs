//! A slice that other crates add to.

use linkme::distributed_slice;

#[distributed_slice]
pub static WORDS: [fn() -> String];

#[distributed_slice(WORDS)]
static OWN: fn() -> String = || "own".to_owned();

/// All words, in alphabetical order.
pub fn words() -> Vec<String> {
    let mut words: Vec<String> = WORDS.iter().map(|word| word()).collect();
    words.sort();
    words
}
