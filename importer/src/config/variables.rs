//! The variables that Cargo sets for what it runs.

use std::collections::BTreeMap;

use super::tree::ConfigValue;
use super::{Config, Error};

impl Config {
    /// The `[env]` table (Cargo book, chapter Configuration): variables for rustc and build scripts. A variable is a text, or a table
    /// with its `value`; `force` says nothing here, since builds start with an empty environment. Those with `relative = true` are
    /// left out: they are paths of the workspace, which builds do not see.
    ///
    /// # Errors
    /// When an entry is neither.
    pub fn variables(&self) -> Result<BTreeMap<String, String>, Error> {
        let mut variables = BTreeMap::new();
        for (name, node) in self.tree.table(&["env"])? {
            let text = match node {
                ConfigValue::Table(_) => {
                    if self.tree.boolean(&["env", name, "relative"])?.unwrap_or_default() {
                        continue;
                    }
                    self.tree.text(&["env", name, "value"])?
                }
                _ => self.tree.text(&["env", name])?,
            };
            if let Some((text, _)) = text {
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
    }
}
