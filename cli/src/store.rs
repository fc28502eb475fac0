//! Paths in the Nix store, computed without asking Nix.
//!
//! The formula is that of the Nix manual, chapter Store Path Specification, for the two kinds of fixed outputs that sources are.

use sha2::{Digest, Sha256};

use dyrust_importer::source::hex;

/// The digits of Nix's own base 32: without e, o, t and u.
const DIGITS: &[u8; 32] = b"0123456789abcdfghijklmnpqrsvwxyz";

/// The path of a file that is stored by its own sha256 (flat).
pub fn flat_path(store: &str, name: &str, sha256: &str) -> String {
    let inner = hex::encode(&Sha256::digest(format!("fixed:out:sha256:{sha256}:")));
    path(store, "output:out", &inner, name)
}

/// The path of a tree that is stored by the sha256 of its Nix archive (recursive), in hex.
pub fn recursive_path(store: &str, name: &str, nar_sha256: &str) -> String {
    path(store, "source", nar_sha256, name)
}

fn path(store: &str, kind: &str, sha256: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("{kind}:sha256:{sha256}:{store}:{name}"));
    let mut folded = [0_u8; 20];
    for (position, byte) in digest.iter().enumerate() {
        folded[position % 20] ^= byte;
    }
    format!("{store}/{}-{name}", base32(&folded))
}

/// Nix's base 32: five bits a digit, from the last to the first.
fn base32(bytes: &[u8]) -> String {
    let length = (bytes.len() * 8).div_ceil(5);
    (0..length)
        .rev()
        .map(|digit| {
            let (byte, bit) = (digit * 5 / 8, digit * 5 % 8);
            let low = u16::from(bytes[byte]);
            let high = u16::from(bytes.get(byte + 1).copied().unwrap_or(0));
            let value = ((high << 8 | low) >> bit) & 31;
            char::from(DIGITS[usize::from(value)])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{flat_path, recursive_path};

    // Both from `nix store add-file` and `nix store add-path` of a file with the text `hello` and a newline.
    #[test]
    fn paths_are_those_that_nix_gives() {
        let sha256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
        assert_eq!(
            flat_path("/nix/store", "hello.txt", sha256),
            "/nix/store/gy454w1cxaq731grqwylhzf4pp9r5izh-hello.txt"
        );
        assert_eq!(
            recursive_path(
                "/nix/store",
                "hello.txt",
                "1c37d01af40be2e80691de3cc3df44377a699afbb17c68f080964b2fd071fc13"
            ),
            "/nix/store/i9pmrzmpshapij2kin22pff6fc2adavx-hello.txt"
        );
    }
}
