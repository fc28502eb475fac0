//! Edits of a fleet file in place: comments, order and layout stay.

use jiff::Timestamp;
use std::path::Path;

use semver::Version;
use toml_edit::{DocumentMut, Item, Table, value};

use super::{Error, Problem};
use crate::CrateSpec;
use crate::config::Config;
use crate::manifest::Place;
use crate::similar::did_you_mean;
use crate::source::progress::Progress;
use crate::source::{FetchOptions, Fetcher};

/// The text of a fleet file that is edited.
pub struct FleetEdit {
    document: DocumentMut,
    name: String,
}

/// What became of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// It is new, of this version.
    Added(String),
    /// It had the first version and has the second.
    Changed(String, String),
    /// It has this version already.
    Kept(String),
}

impl FleetEdit {
    /// Begins an edit; `name` is what messages call the file.
    ///
    /// # Errors
    /// When the text is not TOML.
    pub fn new(text: &str, name: &str) -> Result<Self, Error> {
        let document = text.parse::<DocumentMut>().map_err(|reason| {
            let place = match reason.span() {
                Some(span) => Place::at(name, text, span.start),
                None => Place::file(name),
            };
            Error::at(place, Problem::Syntax(reason.message().replace('\n', " ")))
        })?;
        Ok(Self {
            document,
            name: name.to_owned(),
        })
    }

    /// The text as it is now.
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// The published programs: what the file calls them, the crate and its version.
    pub fn published(&self) -> Vec<(String, String, String)> {
        let programs = self.document.get("programs").and_then(Item::as_table_like);
        let programs = programs.into_iter().flat_map(|programs| programs.iter());
        programs
            .filter_map(|(name, program)| {
                let spec: CrateSpec = program.get("crate")?.as_str()?.parse().ok()?;
                Some((name.to_owned(), spec.name, spec.version?.to_string()))
            })
            .collect()
    }

    /// Adds a published program, or gives it another version if it is there.
    ///
    /// # Errors
    /// When the name is that of a program from elsewhere.
    pub fn set(&mut self, krate: &str, version: &str) -> Result<Edited, Error> {
        let spec = format!("{krate}@{version}");
        let known = self.published().into_iter().find(|(_, known, _)| known == krate);
        let name = known.as_ref().map_or(krate, |(name, ..)| name);
        let mut whole = Table::new();
        whole.set_implicit(true);
        let programs = self.document.entry("programs").or_insert(Item::Table(whole));
        let programs = programs
            .as_table_like_mut()
            .ok_or_else(|| Error::at(Place::file(&self.name), Problem::NoPrograms))?;
        match programs.get_mut(name) {
            None => {
                let mut program = Table::new();
                program.insert("crate", value(spec));
                program.decor_mut().set_prefix("\n");
                programs.insert(name, Item::Table(program));
                Ok(Edited::Added(version.to_owned()))
            }
            Some(program) => match known {
                Some((_, _, before)) if before == version => Ok(Edited::Kept(before)),
                Some((_, _, before)) => {
                    if let Some(entry) = program.get_mut("crate") {
                        *entry = value(spec);
                    }
                    Ok(Edited::Changed(before, version.to_owned()))
                }
                None => {
                    let problem = Problem::NotPublished { name: name.to_owned() };
                    Err(Error::at(Place::file(&self.name), problem))
                }
            },
        }
    }

    /// Removes a program.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn remove(&mut self, name: &str) -> Result<(), Error> {
        let programs = self.document.get_mut("programs").and_then(Item::as_table_like_mut);
        let known: Vec<String> = programs
            .iter()
            .flat_map(|programs| programs.iter())
            .map(|(name, _)| name.to_owned())
            .collect();
        match programs.and_then(|programs| programs.remove(name)) {
            Some(_) => Ok(()),
            None => Err(self.unknown(name, &known)),
        }
    }

    /// Sets a pin.
    pub fn pin(&mut self, krate: &str, version: &Version) {
        let pins = self.document.entry("pin").or_insert(Item::Table(Table::new()));
        if let Some(pins) = pins.as_table_like_mut() {
            pins.insert(krate, value(version.to_string()));
        }
    }

    /// The error for a program that is not there.
    pub fn unknown(&self, name: &str, known: &[String]) -> Error {
        let problem = Problem::UnknownProgram {
            name: name.to_owned(),
            known: known.join(", "),
            near: did_you_mean(name, known.iter().map(String::as_str)),
        };
        Error::at(Place::file(&self.name), problem)
    }
}

/// The newest releases of published programs that were not withdrawn, in the order of the names, as the registry has them now; not those
/// that were published after `latest`.
///
/// # Errors
/// When the registry can't be asked, or has no such program.
pub fn newest(
    names: &[&str],
    folder: &Path,
    offline: bool,
    latest: Option<Timestamp>,
    progress: &dyn Progress,
) -> Result<Vec<String>, crate::Error> {
    let config = Config::load(folder)?;
    let fetcher = Fetcher::new(&config, FetchOptions { offline }, progress);
    let files = fetcher.versions(names, |_, _| false)?;
    let mut found = Vec::with_capacity(names.len());
    for (name, file) in names.iter().zip(files) {
        let newest = file.and_then(|file| {
            let mut versions: Vec<Version> = file
                .versions()
                .filter(|version| version.pre.is_empty() && file.is_old_enough(version, latest))
                .cloned()
                .collect();
            versions.reverse();
            let offered = |version: &Version| file.entry(version).is_some_and(|entry| !entry.yanked);
            versions.into_iter().find(offered)
        });
        let newest = newest.ok_or_else(|| {
            let problem = Problem::NoRelease {
                name: (*name).to_owned(),
            };
            Error::at(Place::file("the registry"), problem)
        })?;
        found.push(newest.to_string());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{Edited, FleetEdit};

    const TEXT: &str = "# Ours.\nplatforms = [\"x86_64-unknown-linux-gnu\"]\n\n# Searches.\n[programs.rg]\ncrate = \"ripgrep@14.1.0\" # not 14.1.1\nbins = [\"rg\"]\n";

    #[test]
    fn programs_come_change_and_go_and_the_rest_stays() {
        let mut edit = FleetEdit::new(TEXT, "fleet.toml").unwrap();
        assert_eq!(
            edit.set("fd-find", "10.2.0").unwrap(),
            Edited::Added("10.2.0".to_owned())
        );
        let added = "\n[programs.fd-find]\ncrate = \"fd-find@10.2.0\"\n";
        assert_eq!(edit.text(), format!("{TEXT}{added}"));
        assert_eq!(
            edit.set("ripgrep", "14.1.1").unwrap(),
            Edited::Changed("14.1.0".to_owned(), "14.1.1".to_owned())
        );
        assert_eq!(
            edit.set("ripgrep", "14.1.1").unwrap(),
            Edited::Kept("14.1.1".to_owned())
        );
        assert!(edit.text().contains("[programs.rg]\ncrate = \"ripgrep@14.1.1\""));
        edit.remove("fd-find").unwrap();
        assert!(!edit.text().contains("fd-find") && edit.text().starts_with("# Ours.\n"));
        let error = edit.remove("fd-find").unwrap_err().to_string();
        assert_eq!(error, "fleet.toml: there is no program `fd-find`: the programs are rg");
    }

    #[test]
    fn an_empty_file_is_a_beginning() {
        let mut edit = FleetEdit::new("", "fleet.toml").unwrap();
        edit.set("sd", "1.0.0").unwrap();
        assert_eq!(edit.text().trim_start(), "[programs.sd]\ncrate = \"sd@1.0.0\"\n");
    }
}
