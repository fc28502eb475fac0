//! The variables that Cargo sets for what it runs.

use std::collections::BTreeMap;

use super::tree::ConfigValue;
use super::{Config, Error};

/// What Cargo sets for every package: `[env]` is never put in place of it, not even with `force`.
const OF_PACKAGES: [&str; 17] = [
    "CARGO",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_AUTHORS",
    "CARGO_PKG_DESCRIPTION",
    "CARGO_PKG_HOMEPAGE",
    "CARGO_PKG_LICENSE",
    "CARGO_PKG_LICENSE_FILE",
    "CARGO_PKG_NAME",
    "CARGO_PKG_README",
    "CARGO_PKG_REPOSITORY",
    "CARGO_PKG_RUST_VERSION",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

/// What Cargo and rustup ask before they read any configuration: Cargo refuses it there.
const OF_THE_TOOLS: [&str; 3] = ["CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];

/// What every environment has that Cargo is started in: it stays, unless `force` is said.
const EVERYWHERE: [&str; 2] = ["HOME", "PATH"];

impl Config {
    /// The `[env]` table (Cargo book, chapter Configuration): variables for rustc and build scripts. A variable is a text, or a table
    /// with its `value`; `force` says something of `HOME` and `PATH` alone, since builds start with an empty environment. Those with
    /// `relative = true` are left out: they are paths of the workspace, which builds do not see.
    ///
    /// # Errors
    /// When an entry is neither, or Cargo takes none of its name.
    pub fn variables(&self) -> Result<BTreeMap<String, String>, Error> {
        let mut variables = BTreeMap::new();
        for (name, node) in self.tree.table(&["env"])? {
            if OF_THE_TOOLS.contains(&name) {
                return Err(Error::VariableOfTheTools {
                    origin: node.origin().map_or_else(String::new, ToString::to_string),
                    name: name.to_owned(),
                });
            }
            let is_forced = matches!(node, ConfigValue::Table(_))
                && self.tree.boolean(&["env", name, "force"])?.unwrap_or_default();
            if OF_PACKAGES.contains(&name) || EVERYWHERE.contains(&name) && !is_forced {
                continue;
            }
            let text = match node {
                ConfigValue::Table(_) => {
                    let Some(value) = self.tree.text(&["env", name, "value"])? else {
                        return Err(node.wrong(&["env", name], "a string, or a table with a `value`"));
                    };
                    if self.tree.boolean(&["env", name, "relative"])?.unwrap_or_default() {
                        continue;
                    }
                    Some(value)
                }
                _ => self.tree.text(&["env", name])?,
            };
            if let Some((text, _)) = text {
                let text = self
                    .environment
                    .for_entry(&["env"], name, &[])
                    .map_or(text, |(_, text)| text);
                variables.insert(name.to_owned(), text.to_owned());
            }
        }
        Ok(variables)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// A program had another description than with Cargo.
    #[test]
    fn what_is_set_already_stays() {
        let text = "[env]\nCARGO_PKG_DESCRIPTION = \"x\"\nCARGO_PKG_NAME = { value = \"y\", force = true }\nHOME = \"/h\"\n\
                    PATH = { value = \"/p\", force = true }\n";
        let config = Config::of_text(text, Path::new("/project/.cargo/config.toml")).unwrap();
        assert_eq!(
            config.variables().unwrap(),
            BTreeMap::from([("PATH".to_owned(), "/p".to_owned())])
        );
    }

    /// It was taken, and Cargo refuses to build.
    #[test]
    fn what_the_tools_ask_first_is_refused() {
        let text = "[env]\nCARGO_HOME = \"/x\"\n";
        let config = Config::of_text(text, Path::new("/project/.cargo/config.toml")).unwrap();
        assert_eq!(
            config.variables().unwrap_err().to_string(),
            "/project/.cargo/config.toml: `env.CARGO_HOME` can't be set here: Cargo reads it before its configuration"
        );
    }

    #[test]
    fn texts_and_tables() {
        let text =
            "[env]\nONE = \"a b\"\nTWO = { value = \"2\", force = true }\nHERE = { value = \"x\", relative = true }\n";
        let config = Config::of_text(text, Path::new("/project/.cargo/config.toml")).unwrap();
        let expected = [("ONE", "a b"), ("TWO", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(config.variables().unwrap(), BTreeMap::from(expected));
        let wrong = Config::of_text("[env]\nONE = 1\n", Path::new("/project/.cargo/config.toml")).unwrap();
        let message = wrong.variables().unwrap_err().to_string();
        assert_eq!(
            message,
            "/project/.cargo/config.toml: `env.ONE` must be a string, but is `1` (integer)"
        );
        // A mistyped `value` left the variable out without a word.
        let wrong = Config::of_text(
            "[env]\nONE = { valu = \"1\" }\n",
            Path::new("/project/.cargo/config.toml"),
        );
        assert_eq!(
            wrong.unwrap().variables().unwrap_err().to_string(),
            "/project/.cargo/config.toml: `env.ONE` must be a string, or a table with a `value`, but is a table"
        );
    }
}
