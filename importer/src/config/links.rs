//! `[target.TRIPLE.LINKS]`: what stands in place of a build script's run (Cargo book, chapter Build Scripts, Overriding Build Scripts).

use std::collections::BTreeMap;

use super::tree::ConfigValue;
use super::{Config, Error};
use crate::intern::Symbol;

/// Keys of a triple's table that are no overrides.
const OTHERS: [&str; 5] = ["ar", "linker", "runner", "rustflags", "rustdocflags"];

/// Keys that have a list of values.
const LISTS: [&str; 11] = [
    "rustc-link-lib",
    "rustc-link-search",
    "rustc-link-arg",
    "rustc-link-arg-cdylib",
    "rustc-cdylib-link-arg",
    "rustc-link-arg-bins",
    "rustc-link-arg-tests",
    "rustc-link-arg-benches",
    "rustc-link-arg-examples",
    "rustc-cfg",
    "rustc-check-cfg",
];

/// What a build script would have said: keys of `cargo::KEY=VALUE` and their values, in order.
pub type ScriptOutput = Vec<(String, String)>;

/// What Cargo's configuration says in place of build scripts, by `links`.
#[derive(Debug, Clone, Default)]
pub struct ScriptOutputs {
    target: BTreeMap<String, ScriptOutput>,
    host: BTreeMap<String, ScriptOutput>,
}

impl ScriptOutputs {
    /// What is said in place of the build script of packages with this `links`; `host` if it would run for units of the host.
    pub fn get(&self, links: Option<Symbol>, host: bool) -> Option<&ScriptOutput> {
        let side = if host { &self.host } else { &self.target };
        side.get(links?.as_str())
    }
}

impl Config {
    /// What stands in place of build scripts on a platform.
    ///
    /// # Errors
    /// When a key has a value of another type than Cargo defines, or is one that Cargo refuses here.
    pub fn script_outputs(&self, target: &str, host: &str) -> Result<ScriptOutputs, Error> {
        Ok(ScriptOutputs {
            target: self.script_outputs_of(target)?,
            host: self.script_outputs_of(host)?,
        })
    }

    /// The overrides of a triple by the `links` key of the packages whose build scripts they replace.
    fn script_outputs_of(&self, triple: &str) -> Result<BTreeMap<String, ScriptOutput>, Error> {
        let mut outputs = BTreeMap::new();
        for (links, _) in self.tree.table(&["target", triple])? {
            if OTHERS.contains(&links) {
                continue;
            }
            let mut output = ScriptOutput::new();
            for (key, node) in self.tree.table(&["target", triple, links])? {
                self.add(&["target", triple, links, key], node, &mut output)?;
            }
            outputs.insert(links.to_owned(), output);
        }
        Ok(outputs)
    }

    fn add(&self, path: &[&str], node: &ConfigValue, output: &mut ScriptOutput) -> Result<(), Error> {
        let key = path[path.len() - 1];
        let text = |path: &[&str]| Ok(self.tree.text(path)?.map_or("", |(text, _)| text));
        match key {
            key if LISTS.contains(&key) => {
                if !matches!(node, ConfigValue::List(_)) {
                    return Err(node.wrong(path, "a list of strings"));
                }
                let values = self.tree.words(path)?.unwrap_or_default();
                output.extend(values.into_iter().map(|value| (key.to_owned(), value)));
            }
            "rustc-env" => {
                for (name, _) in self.tree.table(path)? {
                    let mut path = path.to_vec();
                    path.push(name);
                    output.push((key.to_owned(), format!("{name}={}", text(&path)?)));
                }
            }
            "rustc-flags" => output.push((key.to_owned(), text(path)?.to_owned())),
            "warning" | "rerun-if-changed" | "rerun-if-env-changed" => {
                return Err(Error::ScriptOutput {
                    origin: node.origin().map(ToString::to_string).unwrap_or_default(),
                    key: path.join("."),
                });
            }
            _ => output.push(("metadata".to_owned(), format!("{key}={}", text(path)?))),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn outputs(text: &str) -> Result<BTreeMap<String, ScriptOutput>, Error> {
        let config = Config::of_text(text, Path::new("/project/.cargo/config.toml"))?;
        config.script_outputs_of("x86_64-unknown-linux-gnu")
    }

    #[test]
    fn every_key_is_said_as_a_script_would() {
        let found = outputs(
            "[target.x86_64-unknown-linux-gnu]\nlinker = 'cc'\n[target.x86_64-unknown-linux-gnu.part]\n\
             rustc-cfg = ['a', 'b = \"c d\"']\nrustc-env = { NAME = ' spaces ' }\nrustc-link-lib = ['one']\n\
             rustc-flags = '-l two'\nroot = '/r'\n[target.x86_64-unknown-linux-gnu.empty]\n\
             [target.aarch64-unknown-linux-gnu.other]\nrustc-cfg = ['x']\n",
        )
        .unwrap();
        let expected = [
            ("metadata", "root=/r"),
            ("rustc-cfg", "a"),
            ("rustc-cfg", "b = \"c d\""),
            ("rustc-env", "NAME= spaces "),
            ("rustc-flags", "-l two"),
            ("rustc-link-lib", "one"),
        ];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(found["part"], expected);
        assert_eq!(found["empty"], []);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn what_cargo_refuses_is_refused() {
        let table = "[target.x86_64-unknown-linux-gnu.part]\n";
        let error = outputs(&format!("{table}warning = 'x'\n")).unwrap_err().to_string();
        assert_eq!(
            error,
            "/project/.cargo/config.toml: `target.x86_64-unknown-linux-gnu.part.warning` can't be said in place of a build script"
        );
        let error = outputs(&format!("{table}rustc-env = 'x'\n")).unwrap_err().to_string();
        assert!(error.contains("must be a table"), "{error}");
        let error = outputs(&format!("{table}rustc-cfg = 'x'\n")).unwrap_err().to_string();
        assert!(error.contains("must be a list of strings"), "{error}");
    }
}
