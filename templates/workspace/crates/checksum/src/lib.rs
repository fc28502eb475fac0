//! A checksum that is written in C.

unsafe extern "C" {
    fn team_checksum(bytes: *const u8, length: usize) -> u16;
}

/// Fletcher's checksum of 16 bits.
///
/// ```
/// assert_eq!(checksum::checksum(b"abcde"), 0xc8f0);
/// ```
pub fn checksum(bytes: &[u8]) -> u16 {
    // SAFETY: the function reads `length` bytes from the pointer, which are those of the slice.
    unsafe { team_checksum(bytes.as_ptr(), bytes.len()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_has_no_checksum() {
        assert_eq!(super::checksum(b""), 0);
    }
}
