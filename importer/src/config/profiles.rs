//! The `[profile]` tables, with the environment variables over them.

use cargo_util_schemas::manifest::TomlProfile;

use super::tree::ConfigValue;
use super::{Config, Error};
use crate::manifest::Place;

/// The keys of a profile that have an environment variable each (Cargo book, chapter Configuration). So have those of an override for
/// packages that Cargo's configuration has, as one of the manifest has not; the book does not say so.
const KEYS: [&str; 12] = [
    "opt-level",
    "debug",
    "split-debuginfo",
    "strip",
    "debug-assertions",
    "overflow-checks",
    "lto",
    "panic",
    "incremental",
    "codegen-units",
    "rpath",
    "inherits",
];

impl Config {
    /// A profile as the files and the variables `CARGO_PROFILE_<NAME>_<KEY>` have it; none if neither says anything of it.
    ///
    /// # Errors
    /// When a table or a variable does not fit Cargo's schema.
    pub fn profile(&self, name: &str) -> Result<Option<TomlProfile>, Error> {
        let mut table = match self.tree.get(&["profile", name]) {
            None => toml::Table::new(),
            Some(node) => match node.value() {
                toml::Value::Table(table) => table,
                _ => return Err(node.wrong(&["profile", name], "a table")),
            },
        };
        self.overlay(&["profile", name], &mut table)?;
        let mut build_override = match table.remove("build-override") {
            Some(toml::Value::Table(table)) => table,
            Some(_) => {
                let path = ["profile", name, "build-override"];
                let node = self.tree.get(&path).cloned().unwrap_or_default();
                return Err(node.wrong(&path, "a table"));
            }
            None => toml::Table::new(),
        };
        self.overlay(&["profile", name, "build-override"], &mut build_override)?;
        if !build_override.is_empty() {
            table.insert("build-override".to_owned(), toml::Value::Table(build_override));
        }
        if let Some(toml::Value::Table(packages)) = table.get_mut("package") {
            for (spec, package) in packages {
                if let toml::Value::Table(package) = package {
                    self.overlay_package(name, spec, package)?;
                }
            }
        }
        if table.is_empty() {
            return Ok(None);
        }
        table
            .try_into()
            .map(Some)
            .map_err(|reason: toml::de::Error| Error::Profile {
                origin: self.profile_place(name).to_string(),
                name: name.to_owned(),
                reason: reason.message().replace('\n', " "),
            })
    }

    /// Where a profile stands, for messages: in the file that has its first value.
    pub fn profile_place(&self, name: &str) -> Place {
        let node = self.tree.get(&["profile", name]);
        match node.and_then(ConfigValue::origin) {
            Some(file) => {
                let text = std::fs::read_to_string(&file.0).unwrap_or_default();
                Place::of_key(file.to_string(), &text, &["profile", name])
            }
            None => Place::file("Cargo's configuration"),
        }
    }

    /// Puts the variables for the keys of a table over it.
    fn overlay(&self, path: &[&str], table: &mut toml::Table) -> Result<(), Error> {
        overlay(table, |key| self.environment.for_key(&[path, &[key]].concat()))
    }

    /// Puts the variables for the keys of an override for packages over it: their names have its key as it is.
    fn overlay_package(&self, profile: &str, spec: &str, table: &mut toml::Table) -> Result<(), Error> {
        overlay(table, |key| {
            self.environment
                .for_entry(&["profile", profile, "package"], spec, &[key])
        })
    }
}

/// Puts the variables over a table; `variable` has that of a key and its value.
fn overlay<'a>(
    table: &mut toml::Table,
    variable: impl Fn(&'static str) -> Option<(String, &'a str)>,
) -> Result<(), Error> {
    for key in KEYS {
        let Some((variable, text)) = variable(key) else {
            continue;
        };
        let value = value(text);
        let alone = toml::Table::from_iter([(key.to_owned(), value.clone())]);
        if let Err(reason) = alone.try_into::<TomlProfile>() {
            return Err(Error::Variable {
                variable,
                value: text.to_owned(),
                reason: reason.message().replace('\n', " "),
            });
        }
        table.insert(key.to_owned(), value);
    }
    Ok(())
}

/// A variable's value as Cargo takes it: true or false, a whole number, or a text.
fn value(text: &str) -> toml::Value {
    match (text.parse::<bool>(), text.parse::<i64>()) {
        (Ok(flag), _) => flag.into(),
        (_, Ok(number)) => number.into(),
        _ => text.into(),
    }
}
