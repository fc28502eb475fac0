//! The `source` strings of a lock.

use std::fmt;
use std::sync::Arc;

/// Where a package of the lock comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LockSource {
    /// The string as the lock has it.
    text: Arc<str>,
    /// What it is.
    kind: SourceKind,
    /// Where the URL begins.
    start: usize,
    /// Where the query begins, or the URL ends.
    query: usize,
    /// Where the fragment begins, or the string ends.
    fragment: usize,
}

/// The kinds of sources that a lock names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    /// `registry+…` and `sparse+…`
    Registry,
    /// `git+…`
    Git,
}

impl LockSource {
    /// Splits a source string; none if it is of no known kind, or its URL is none.
    pub fn parse(text: &str) -> Option<Self> {
        cargo_lock::SourceId::from_url(text).ok()?;
        let (kind, start) = if text.starts_with("registry+") {
            (SourceKind::Registry, "registry+".len())
        } else if text.starts_with("sparse+") {
            (SourceKind::Registry, "sparse+".len())
        } else if text.starts_with("git+") {
            (SourceKind::Git, "git+".len())
        } else {
            return None;
        };
        let fragment = text
            .rfind('#')
            .filter(|_| kind == SourceKind::Git)
            .unwrap_or(text.len());
        let query = text[..fragment]
            .find('?')
            .filter(|_| kind == SourceKind::Git)
            .unwrap_or(fragment);
        Some(Self {
            text: text.into(),
            kind,
            start,
            query,
            fragment,
        })
    }

    /// The string as the lock has it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it is.
    pub fn kind(&self) -> SourceKind {
        self.kind
    }

    /// The URL without the kind, the query and the fragment.
    pub fn url(&self) -> &str {
        &self.text[self.start..self.query]
    }

    /// `branch=…`, `tag=…`, `rev=…` of a git source.
    pub fn reference(&self) -> Option<(&str, &str)> {
        self.text[self.query..self.fragment].strip_prefix('?')?.split_once('=')
    }

    /// The commit of a git source.
    pub fn commit(&self) -> Option<&str> {
        self.text[self.fragment..].strip_prefix('#')
    }

    /// Are these the same but for the commit, which older locks leave out of dependencies' names?
    pub fn same_place(&self, other: &Self) -> bool {
        self.text[..self.fragment] == other.text[..other.fragment]
    }

    /// Is the URL the same, whatever the spelling (`.git` at the end, a slash, letters' case in the host)?
    pub fn same_url(&self, url: &str) -> bool {
        canonical(self.url()) == canonical(url)
    }
}

impl fmt::Display for LockSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The form in which Cargo compares the URLs of repositories.
fn canonical(url: &str) -> String {
    let url = ["registry+", "sparse+", "git+"]
        .iter()
        .find_map(|kind| url.strip_prefix(kind))
        .unwrap_or(url);
    let url = url.trim_end_matches('/');
    url.strip_suffix(".git").unwrap_or(url).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{LockSource, SourceKind};

    #[test]
    fn sources_are_taken_apart() {
        let source = LockSource::parse("git+https://example.org/a/b.git?branch=x#0123").unwrap();
        assert_eq!(source.kind(), SourceKind::Git);
        assert_eq!(source.url(), "https://example.org/a/b.git");
        assert_eq!(source.reference(), Some(("branch", "x")));
        assert_eq!(source.commit(), Some("0123"));
        assert!(source.same_url("https://Example.org/a/b/"));
        assert!(source.same_place(&LockSource::parse("git+https://example.org/a/b.git?branch=x").unwrap()));
        let registry = LockSource::parse("sparse+https://example.org/index/").unwrap();
        assert_eq!(
            (registry.url(), registry.reference(), registry.commit()),
            ("https://example.org/index/", None, None)
        );
        assert!(LockSource::parse("path+file:///a").is_none());
    }
}
