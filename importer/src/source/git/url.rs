//! The lock's `git+URL?branch=NAME#COMMIT`.

use crate::config::GitReference;

/// What the lock says of a git source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in super::super) struct GitSource {
    /// The repository's URL, without query and fragment.
    pub(in super::super) url: String,
    /// The branch, tag or revision that the manifest asked for.
    pub(in super::super) reference: GitReference,
    /// The locked commit: 40 (or 64) hexadecimal digits.
    pub(in super::super) rev: String,
}

impl GitSource {
    /// Reads the text; nothing if it is not of this form.
    pub(in super::super) fn parse(text: &str) -> Option<Self> {
        let (address, rev) = text.strip_prefix("git+")?.rsplit_once('#')?;
        if !matches!(rev.len(), 40 | 64) || !rev.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let (url, query) = address.split_once('?').unwrap_or((address, ""));
        let mut reference = GitReference::Default;
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match key {
                // Locks before 2019 write `ref` for a branch.
                "branch" | "ref" => reference = GitReference::Branch(decode(value)),
                "tag" => reference = GitReference::Tag(decode(value)),
                "rev" => reference = GitReference::Rev(decode(value)),
                _ => {}
            }
        }
        (!url.is_empty()).then(|| Self {
            url: url.to_owned(),
            reference,
            rev: rev.to_owned(),
        })
    }
}

/// Undoes the encoding of a query's value; locks before version 4 write the value as it is, which comes out the same for all but a few
/// names with `%` or `+`.
pub(crate) fn decode(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            (byte, _) => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| value.to_owned())
}

/// The address of a submodule: one that starts with `./` or `../` is relative to the parent's.
pub(super) fn submodule_url(parent: &str, url: &str) -> String {
    if !url.starts_with("./") && !url.starts_with("../") {
        return url.to_owned();
    }
    let mut base = parent.trim_end_matches('/').to_owned();
    let mut rest = url;
    loop {
        if let Some(after) = rest.strip_prefix("./") {
            rest = after;
        } else if let Some(after) = rest.strip_prefix("../") {
            // The last part goes; for `host:path` forms it may end at the colon.
            match base.rfind(['/', ':']) {
                Some(end) if base.as_bytes().get(end) == Some(&b':') => base.truncate(end + 1),
                Some(end) => base.truncate(end),
                None => {}
            }
            rest = after;
        } else {
            break;
        }
    }
    let separator = if base.ends_with([':', '/']) { "" } else { "/" };
    format!("{base}{separator}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const REV: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn the_forms_of_the_lock() {
        let cases = [
            ("git+https://h/a.git", "https://h/a.git", GitReference::Default),
            (
                "git+https://h/a?branch=main",
                "https://h/a",
                GitReference::Branch("main".into()),
            ),
            (
                "git+https://h/a?branch=a%2Fb%23c",
                "https://h/a",
                GitReference::Branch("a/b#c".into()),
            ),
            (
                "git+ssh://git@h/a?tag=v1.0",
                "ssh://git@h/a",
                GitReference::Tag("v1.0".into()),
            ),
            (
                "git+file:///a?rev=0123456",
                "file:///a",
                GitReference::Rev("0123456".into()),
            ),
        ];
        for (text, url, reference) in cases {
            let expected = GitSource {
                url: url.to_owned(),
                reference,
                rev: REV.to_owned(),
            };
            assert_eq!(GitSource::parse(&format!("{text}#{REV}")), Some(expected));
        }
        let long = &REV[..39];
        for text in [
            "git+https://h/a",
            "registry+https://h/a#x",
            &format!("git+https://h/a#{long}"),
            "git+https://h/a#../../x",
            &format!("git+#{REV}"),
        ] {
            assert_eq!(GitSource::parse(text), None, "{text}");
        }
    }

    #[test]
    fn relative_submodules() {
        let cases = [
            ("https://h/o/a.git", "../b.git", "https://h/o/b.git"),
            ("https://h/o/a.git/", "../../p/b", "https://h/p/b"),
            ("https://h/o/a", "./sub", "https://h/o/a/sub"),
            ("git@h:o/a", "../b", "git@h:o/b"),
            ("git@h:a", "../b", "git@h:b"),
            ("https://h/o/a", "https://other/x", "https://other/x"),
            ("/srv/a", "../b", "/srv/b"),
        ];
        for (parent, url, expected) in cases {
            assert_eq!(submodule_url(parent, url), expected);
        }
    }
}
