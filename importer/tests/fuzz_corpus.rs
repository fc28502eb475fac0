//! The inputs of the fuzz targets, run through the same readers: none may panic.

use std::fs;
use std::path::Path;

#[test]
fn the_corpus_is_read_without_a_panic() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    if !corpus.is_dir() {
        // A published package has no `fuzz` folder.
        return;
    }
    for (name, reader) in dyrust_importer::fuzzing::READERS {
        let inputs: Vec<_> = fs::read_dir(corpus.join(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!(inputs.len() >= 3, "{name} has {} inputs", inputs.len());
        for input in inputs {
            let bytes = fs::read(&input).unwrap();
            // Every beginning of an input is an input too.
            for end in (0..bytes.len())
                .step_by(bytes.len().div_ceil(64).max(1))
                .chain([bytes.len()])
            {
                reader(&bytes[..end]);
            }
        }
    }
}
