//! The greeting, from a file above this member's folder.

/// The greeting without the end of its line.
///
/// ```
/// assert!(greeting::greeting().starts_with("Hello"));
/// ```
pub fn greeting() -> &'static str {
    include_str!("../../../assets/greeting.txt").trim_end()
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_has_one_line() {
        assert!(!super::greeting().contains('\n'));
    }
}
