//! The download address of a `.crate` file, from a registry's `dl` template.

/// Fills the markers of a `dl` template, or appends `/{crate}/{version}/download` to one without markers, as the Cargo book, chapter
/// Registry Index, says.
pub(super) fn fill(template: &str, name: &str, version: &str, sha256: &str) -> String {
    if !has_markers(template) {
        return format!("{}/{name}/{version}/download", template.trim_end_matches('/'));
    }
    let prefix = prefix(name);
    template
        .replace("{crate}", name)
        .replace("{version}", version)
        .replace("{prefix}", &prefix)
        .replace("{lowerprefix}", &prefix.to_lowercase())
        .replace("{sha256-checksum}", sha256)
}

/// The template in the form with markers, so that its readers need no rule for templates without.
pub(super) fn with_markers(template: &str) -> String {
    if has_markers(template) {
        template.to_owned()
    } else {
        fill(template, "{crate}", "{version}", "")
    }
}

/// Does a template say itself where the name and the version go?
fn has_markers(template: &str) -> bool {
    ["{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}"]
        .iter()
        .any(|marker| template.contains(marker))
}

/// The folders of an index entry: `1`, `2`, `3/a` or `ab/cd`, by the length of the name.
pub(super) fn prefix(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    match characters.as_slice() {
        [] | [_] => "1".to_owned(),
        [_, _] => "2".to_owned(),
        [first, _, _] => format!("3/{first}"),
        [a, b, c, d, ..] => format!("{a}{b}/{c}{d}"),
    }
}

/// The path of an index entry below the index: the lower-case prefix and name.
pub(super) fn index_path(name: &str) -> String {
    let lower = name.to_lowercase();
    format!("{}/{lower}", prefix(&lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_filled() {
        let cases = [
            ("https://h/crates", "https://h/crates/Foo-Bar/1.2.3/download"),
            ("https://h/crates/", "https://h/crates/Foo-Bar/1.2.3/download"),
            (
                "https://h/{crate}/{crate}-{version}.crate",
                "https://h/Foo-Bar/Foo-Bar-1.2.3.crate",
            ),
            (
                "https://h/{prefix}/{lowerprefix}/{crate}?v={version}",
                "https://h/Fo/o-/fo/o-/Foo-Bar?v=1.2.3",
            ),
            ("https://h/{sha256-checksum}", "https://h/abc"),
        ];
        for (template, expected) in cases {
            assert_eq!(fill(template, "Foo-Bar", "1.2.3", "abc"), expected);
            assert_eq!(fill(&with_markers(template), "Foo-Bar", "1.2.3", "abc"), expected);
        }
    }

    #[test]
    fn index_paths() {
        for (name, path) in [
            ("A", "1/a"),
            ("ab", "2/ab"),
            ("aBc", "3/a/abc"),
            ("Cargo", "ca/rg/cargo"),
        ] {
            assert_eq!(index_path(name), path);
        }
    }
}
