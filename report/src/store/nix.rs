//! Closures from Nix: `nix path-info --json --recursive`, whose answer has had three shapes since Nix 2.8.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

use super::{Closure, Derivations, StorePath};
use crate::Error;

/// Asks a Nix program about closures.
#[derive(Debug, Clone)]
pub struct NixCommand {
    /// The program `nix`, a name to look up or a path.
    pub program: OsString,
}

impl Default for NixCommand {
    fn default() -> Self {
        Self { program: "nix".into() }
    }
}

/// The facts of one path, as all versions name them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    nar_size: Option<u64>,
    #[serde(default)]
    references: Vec<PathBuf>,
    deriver: Option<PathBuf>,
    /// False in the list of Nix 2.8 for a path that the store does not hold.
    valid: Option<bool>,
}

impl Closure for NixCommand {
    fn closure(&self, store: &Path, paths: &[PathBuf]) -> Result<Vec<StorePath>, Error> {
        self.ask(store, &[], paths)
    }

    fn derivations(&self, store: &Path, derivers: &[PathBuf]) -> Option<Derivations> {
        // Derivations that were built elsewhere, or collected as garbage, are no failure of the report.
        let found = self.ask(store, &["--derivation"], derivers).ok()?;
        Some(found.into_iter().map(|path| (path.path, path.references)).collect())
    }
}

impl NixCommand {
    fn ask(&self, store: &Path, options: &[&str], paths: &[PathBuf]) -> Result<Vec<StorePath>, Error> {
        let shown = format!("{} path-info --json --recursive …", self.program.to_string_lossy());
        let mut closure = Vec::new();
        // A long list of paths stays below the system's limit of a command line: Nix gets it in parts.
        for part in paths.chunks(1000) {
            let mut command = Command::new(&self.program);
            command.args([
                "--extra-experimental-features",
                "nix-command",
                "path-info",
                "--json",
                "--recursive",
            ]);
            let output = command
                .args(options)
                .args(part)
                .output()
                .map_err(|source| missing(&self.program, source))?;
            if !output.status.success() {
                let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
                return Err(Error::Nix {
                    command: shown,
                    message,
                });
            }
            closure.extend(parse(&shown, store, &output.stdout)?);
        }
        closure.sort_by(|left, right| left.path.cmp(&right.path));
        closure.dedup();
        Ok(closure)
    }
}

fn missing(program: &OsString, source: io::Error) -> Error {
    Error::NixMissing {
        program: program.to_string_lossy().into_owned(),
        source,
    }
}

/// Reads an answer: a list of objects with `path` (to Nix 2.18), an object by path (from 2.19), or an object `info` by
/// name beside `storeDir` (format 2).
fn parse(command: &str, store: &Path, answer: &[u8]) -> Result<Vec<StorePath>, Error> {
    let unreadable = |message: String| Error::NixAnswer {
        command: command.to_owned(),
        message,
    };
    let value: Value = serde_json::from_slice(answer).map_err(|error| unreadable(error.to_string()))?;
    let entries: Vec<(PathBuf, Value)> = match value {
        Value::Array(list) => list
            .into_iter()
            .map(|entry| {
                let path = entry.get("path").and_then(Value::as_str).map(PathBuf::from);
                path.map(|path| (path, entry))
                    .ok_or_else(|| unreadable("expected `path` in each entry".to_owned()))
            })
            .collect::<Result<_, _>>()?,
        Value::Object(mut object) => {
            let by_name = match object.remove("info") {
                Some(Value::Object(info)) => info,
                _ => object,
            };
            by_name
                .into_iter()
                .map(|(path, entry)| (PathBuf::from(path), entry))
                .collect()
        }
        _ => return Err(unreadable("expected a list or an object of paths".to_owned())),
    };
    let mut closure = Vec::new();
    for (path, entry) in entries {
        let path = store.join(path);
        let facts: Option<Facts> = serde_json::from_value(entry).map_err(|error| unreadable(error.to_string()))?;
        let Some(facts) = facts.filter(|facts| facts.valid != Some(false)) else {
            return Err(Error::NotInStore {
                path,
                store: store.to_owned(),
            });
        };
        let mut references: Vec<PathBuf> = facts.references.iter().map(|reference| store.join(reference)).collect();
        references.retain(|reference| *reference != path);
        references.sort();
        let deriver = facts.deriver.map(|deriver| store.join(deriver));
        closure.push(StorePath {
            path,
            references,
            nar_size: facts.nar_size,
            deriver,
        });
    }
    Ok(closure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected() -> Vec<StorePath> {
        vec![
            StorePath {
                path: "/nix/store/a-x".into(),
                references: vec!["/nix/store/b-y".into()],
                nar_size: Some(7),
                deriver: Some("/nix/store/c-x.drv".into()),
            },
            StorePath {
                path: "/nix/store/b-y".into(),
                references: vec![],
                nar_size: Some(5),
                deriver: None,
            },
        ]
    }

    fn read(text: &str) -> Result<Vec<StorePath>, Error> {
        parse("nix", Path::new("/nix/store"), text.as_bytes())
    }

    #[test]
    fn the_three_shapes_of_the_answer_say_the_same() {
        let list = r#"[{"deriver":"/nix/store/c-x.drv","narSize":7,"path":"/nix/store/a-x","references":["/nix/store/a-x","/nix/store/b-y"],"valid":true},
            {"narSize":5,"path":"/nix/store/b-y","references":[]}]"#;
        let by_path = r#"{"/nix/store/a-x":{"deriver":"/nix/store/c-x.drv","narSize":7,"references":["/nix/store/b-y"]},
            "/nix/store/b-y":{"narSize":5,"references":[]}}"#;
        let by_name = r#"{"info":{"a-x":{"deriver":"c-x.drv","narSize":7,"references":["b-y"]},"b-y":{"deriver":null,"narSize":5,"references":[]}},
            "storeDir":"/nix/store","version":2}"#;
        for text in [list, by_path, by_name] {
            assert_eq!(read(text).unwrap(), expected(), "{text}");
        }
    }

    #[test]
    fn a_path_that_the_store_does_not_hold_is_an_error() {
        for text in [
            r#"{"/nix/store/a-x":null}"#,
            r#"[{"path":"/nix/store/a-x","valid":false}]"#,
        ] {
            assert!(matches!(read(text), Err(Error::NotInStore { .. })), "{text}");
        }
    }

    #[test]
    fn another_document_is_an_error() {
        assert!(matches!(read("7"), Err(Error::NixAnswer { .. })));
        assert!(matches!(read("{"), Err(Error::NixAnswer { .. })));
        assert!(matches!(read(r#"[{"narSize":7}]"#), Err(Error::NixAnswer { .. })));
    }

    #[test]
    fn a_machine_without_nix_gets_an_error_that_says_so() {
        let nix = NixCommand {
            program: "/nonexistent/nix".into(),
        };
        let error = nix
            .closure(Path::new("/nix/store"), &["/nix/store/a".into()])
            .unwrap_err();
        assert!(matches!(error, Error::NixMissing { .. }), "{error}");
    }
}
