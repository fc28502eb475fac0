//! The flags that Cargo would hand to rustc.

use super::{Config, Error};

impl Config {
    /// The flags for a target triple, by the order of the Cargo book (`build.rustflags`): `CARGO_ENCODED_RUSTFLAGS`, else `RUSTFLAGS`,
    /// else all matching `target.<triple>.rustflags` and `target.<cfg>.rustflags` joined, else `build.rustflags`.
    ///
    /// `matches` says whether an expression like `cfg(unix)` holds for the target.
    pub fn rustflags(&self, triple: &str, matches: impl Fn(&str) -> bool) -> Result<Vec<String>, Error> {
        if let Some(encoded) = self.environment.get("CARGO_ENCODED_RUSTFLAGS") {
            return Ok(encoded
                .split('\x1f')
                .filter(|flag| !flag.is_empty())
                .map(str::to_owned)
                .collect());
        }
        if let Some(flags) = self.environment.get("RUSTFLAGS") {
            return Ok(flags
                .split(' ')
                .map(str::trim)
                .filter(|flag| !flag.is_empty())
                .map(str::to_owned)
                .collect());
        }
        let mut flags = self.words(&["target", triple, "rustflags"])?.unwrap_or_default();
        for (key, _) in self.tree.table(&["target"])? {
            if key.starts_with("cfg(") && matches(key) {
                flags.extend(self.tree.words(&["target", key, "rustflags"])?.unwrap_or_default());
            }
        }
        if flags.is_empty() {
            flags = self.words(&["build", "rustflags"])?.unwrap_or_default();
        }
        Ok(flags)
    }

    /// A list of words from the files, followed by those of its environment variable.
    fn words(&self, path: &[&str]) -> Result<Option<Vec<String>>, Error> {
        let mut words = self.tree.words(path)?;
        if let Some((_, value)) = self.environment.for_key(path) {
            words
                .get_or_insert_default()
                .extend(value.split_whitespace().map(str::to_owned));
        }
        Ok(words)
    }
}

/// The options of code generation among rustc's flags (`-C OPTION`, `--codegen=OPTION` and so on), as they are written.
pub(crate) fn codegen_options(flags: &[String]) -> impl Iterator<Item = &str> {
    let mut flags = flags.iter().map(String::as_str);
    std::iter::from_fn(move || {
        loop {
            match flags.next()? {
                "-C" | "--codegen" => return flags.next(),
                flag => {
                    if let Some(option) = flag.strip_prefix("-C").or(flag.strip_prefix("--codegen=")) {
                        return Some(option);
                    }
                }
            }
        }
    })
}
