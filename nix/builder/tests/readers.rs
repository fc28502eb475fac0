//! The builder's readers of what others wrote, given the committed inputs of the fuzz targets, whole, cut off and changed: none may panic.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::Path;

use dyrust_builder_readers::READERS;

/// How many changed copies of each input are read.
const CHANGED: u64 = 2_000;

/// Numbers that are the same at every run (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

#[test]
fn changed_inputs_are_read_without_a_panic() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, reader) in READERS {
        let inputs: Vec<_> = fs::read_dir(corpus.join(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!(inputs.len() >= 3, "{name} has {} inputs", inputs.len());
        for input in inputs {
            let bytes = fs::read(&input).unwrap();
            for end in (0..=bytes.len()).step_by(bytes.len().div_ceil(64).max(1)) {
                reader(&bytes[..end]);
            }
            let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
            for _ in 0..CHANGED {
                let mut changed = bytes.clone();
                for _ in 0..=numbers.below(4) {
                    let at = numbers.below(changed.len());
                    changed[at] = [0, 0xff, 0x7f, 0x80, u8::try_from(numbers.below(256)).unwrap()][numbers.below(5)];
                }
                reader(&changed);
            }
        }
    }
}
