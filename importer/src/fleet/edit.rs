//! Edits of a fleet file in place: comments, order and layout stay.

use jiff::Timestamp;
use std::path::Path;

use semver::Version;
use toml_edit::{DocumentMut, Item, RawString, Table, Value, value};

use super::file::syntax;
use super::{Error, Problem};
use crate::CrateSpec;
use crate::config::Config;
use crate::internal::Invariant;
use crate::manifest::Place;
use crate::similar::did_you_mean;
use crate::source::progress::Progress;
use crate::source::{FetchOptions, Fetcher};

/// The mark of an encoding.
const MARK: char = '\u{feff}';

/// The text of a fleet file that is edited.
pub struct FleetEdit {
    document: DocumentMut,
    name: String,
    /// Does the file begin with the mark of its encoding? The document has it no more.
    has_mark: bool,
    /// Do its lines end as on Windows? Those of the document never do.
    has_carriage_returns: bool,
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
    /// It has the first version, which is higher than the second, the newest one that it could be given.
    Higher(String, String),
}

impl FleetEdit {
    /// Begins an edit; `name` is what messages call the file.
    ///
    /// # Errors
    /// When the text is not TOML.
    pub fn new(text: &str, name: &str) -> Result<Self, Error> {
        let document = text
            .parse::<DocumentMut>()
            .map_err(|reason| syntax(name, text, reason.message(), reason.span()))?;
        Ok(Self {
            document,
            name: name.to_owned(),
            has_mark: text.starts_with(MARK),
            has_carriage_returns: text.contains('\n') && !text.replace("\r\n", "").contains('\n'),
        })
    }

    /// The text as it is now.
    pub fn text(&self) -> String {
        let text = self.document.to_string();
        let text = match self.has_carriage_returns {
            true => text.replace('\n', "\r\n"),
            false => text,
        };
        match self.has_mark {
            true => format!("{MARK}{text}"),
            false => text,
        }
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
    pub fn set(&mut self, package: &str, version: &str) -> Result<Edited, Error> {
        let spec = format!("{package}@{version}");
        let known = self.published().into_iter().find(|(_, known, _)| known == package);
        let name = known.as_ref().map_or(package, |(name, ..)| name);
        let is_first = self.document.to_string().is_empty();
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
                program.decor_mut().set_prefix(if is_first { "" } else { "\n" });
                programs.insert(name, Item::Table(program));
                Ok(Edited::Added(version.to_owned()))
            }
            Some(program) => match known {
                Some((_, _, before)) => Ok(change(program, before, spec, version)),
                None => {
                    let problem = Problem::NotPublished { name: name.to_owned() };
                    Err(Error::at(Place::file(&self.name), problem))
                }
            },
        }
    }

    /// Gives a published program the newest release, if there is one; `name` is what the file calls it.
    ///
    /// # Errors
    /// When the file has no such program.
    pub fn update(&mut self, name: &str, newest: Option<&Version>) -> Result<Edited, Error> {
        let published = self.published();
        let Some((_, package, before)) = published.iter().find(|(known, ..)| known == name).cloned() else {
            let known: Vec<String> = published.into_iter().map(|(name, ..)| name).collect();
            return Err(self.not_updated(name, &known));
        };
        let Some(newest) = newest else {
            return Ok(Edited::Kept(before));
        };
        // Who chose what is no release yet, is too young, or was withdrawn since, keeps it until there is a newer one.
        if Version::parse(&before).is_ok_and(|own| own > *newest) {
            return Ok(Edited::Higher(before, newest.to_string()));
        }
        let programs = self.document.get_mut("programs").and_then(Item::as_table_like_mut);
        let program = programs.and_then(|programs| programs.get_mut(name));
        let program = program.invariant("a program that the file has")?;
        let version = newest.to_string();
        Ok(change(program, before, format!("{package}@{version}"), &version))
    }

    /// Removes programs.
    ///
    /// # Errors
    /// When there is none of a name, or no program would be left.
    pub fn remove_all(&mut self, names: &[String]) -> Result<(), Error> {
        for name in names {
            self.remove(name)?;
        }
        let programs = self.document.get("programs").and_then(Item::as_table_like);
        if programs.is_none_or(|programs| programs.is_empty()) {
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let problem = Problem::LastProgram {
                name: quoted.join(", "),
            };
            return Err(Error::at(Place::file(&self.name), problem));
        }
        Ok(())
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
        let removed = programs.and_then(|programs| programs.remove(name));
        match removed {
            Some(program) => {
                if let Some(table) = program.as_table() {
                    self.keep_head(table);
                }
                Ok(())
            }
            None => Err(self.unknown(name, &known)),
        }
    }

    /// What stands at the head of the file is part of its first table; what an empty line parts from a table that is gone stays.
    fn keep_head(&mut self, gone: &Table) {
        let Some(prefix) = gone.decor().prefix().and_then(RawString::as_str) else {
            return;
        };
        let Some((head, _)) = prefix.rsplit_once("\n\n").filter(|(head, _)| head.contains('#')) else {
            return;
        };
        let Some(place) = gone.position() else { return };
        let next = positions(self.document.as_table())
            .into_iter()
            .filter(|next| *next > place)
            .min();
        let next = next.and_then(|next| at_position(self.document.as_table_mut(), next));
        if let Some(next) = next {
            let own = next.decor().prefix().and_then(RawString::as_str).unwrap_or_default();
            let prefix = format!("{head}\n\n{}", own.trim_start_matches('\n'));
            next.decor_mut().set_prefix(prefix);
        } else {
            let own = self.document.trailing().as_str().unwrap_or_default();
            let trailing = format!("{head}\n{own}");
            self.document.set_trailing(trailing);
        }
    }

    /// Sets a pin.
    pub fn pin(&mut self, package: &str, version: &Version) {
        let pins = self.document.entry("pin").or_insert(Item::Table(Table::new()));
        if let Some(pins) = pins.as_table_like_mut() {
            replace(pins.entry(package).or_insert(Item::None), version.to_string());
        }
    }

    /// The error for a crate of which the registry has no release.
    pub fn no_release(name: &str) -> Error {
        let problem = Problem::NoRelease { name: name.to_owned() };
        Error::at(Place::file("the registry"), problem)
    }

    /// The error for a program that can't be given its newest version, as there is none of that name, or it is none that is published.
    pub fn not_updated(&self, name: &str, published: &[String]) -> Error {
        let programs = self.document.get("programs").and_then(Item::as_table_like);
        if programs.is_some_and(|programs| programs.contains_key(name)) {
            let problem = Problem::NotUpdated { name: name.to_owned() };
            return Error::at(Place::file(&self.name), problem);
        }
        self.unknown(name, published)
    }

    /// The error for a program that is not there.
    fn unknown(&self, name: &str, known: &[String]) -> Error {
        let problem = Problem::UnknownProgram {
            name: name.to_owned(),
            known: known.join(", "),
            near: did_you_mean(name, known.iter().map(String::as_str)),
        };
        Error::at(Place::file(&self.name), problem)
    }
}

/// Gives a program that is in the file a version.
fn change(program: &mut Item, before: String, spec: String, version: &str) -> Edited {
    if before == version {
        return Edited::Kept(before);
    }
    if let Some(entry) = program.get_mut("crate") {
        replace(entry, spec);
    }
    Edited::Changed(before, version.to_owned())
}

/// Writes a text in the place of a value; the comment beside it stays.
fn replace(entry: &mut Item, text: String) {
    let mut new = Value::from(text);
    if let Some(old) = entry.as_value() {
        new.decor_mut().clone_from(old.decor());
    }
    *entry = Item::Value(new);
}

/// The positions in the file of all tables below a table that have a head of their own.
fn positions(table: &Table) -> Vec<isize> {
    let below = table.iter().filter_map(|(_, item)| item.as_table());
    below
        .flat_map(|below| {
            let own = below.position().filter(|_| has_head(below));
            own.into_iter().chain(positions(below))
        })
        .collect()
}

fn at_position(table: &mut Table, position: isize) -> Option<&mut Table> {
    for (_, item) in table.iter_mut() {
        let Item::Table(below) = item else { continue };
        if below.position() == Some(position) && has_head(below) {
            return Some(below);
        }
        if positions(below).contains(&position) {
            return at_position(below, position);
        }
    }
    None
}

/// Is there a line `[NAME]` of the table?
fn has_head(table: &Table) -> bool {
    !table.is_implicit() && !table.is_dotted()
}

/// The newest releases of published programs that were not withdrawn, in the order of the names, as the registry has them now; not those
/// that were published after `latest`. None where there is no such.
///
/// # Errors
/// When the registry can't be asked.
pub fn newest(
    names: &[&str],
    folder: &Path,
    offline: bool,
    latest: Option<Timestamp>,
    progress: &dyn Progress,
) -> Result<Vec<Option<Version>>, crate::Error> {
    let config = Config::load(folder)?;
    let fetcher = Fetcher::new(&config, FetchOptions { offline }, progress);
    let files = fetcher.versions(names, |_, _| false)?.into_iter();
    let newest = names.iter().zip(files).map(|(name, file)| {
        let file = file?;
        let mut versions: Vec<Version> = file
            .versions()
            .filter(|version| version.pre.is_empty() && file.is_old_enough(version, latest))
            .cloned()
            .collect();
        versions.reverse();
        // The index has one file for all ways to write a name, in capitals or not, of which one is the crate's.
        let offered = |version: &Version| {
            file.entry(version)
                .is_some_and(|entry| !entry.yanked && entry.name == **name)
        };
        versions.into_iter().find(offered)
    });
    Ok(newest.collect())
}

#[cfg(test)]
mod tests {
    use semver::Version;

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

    /// All lines of a file that an editor on Windows wrote were others after a version had changed.
    #[test]
    fn ends_of_lines_and_the_mark_of_the_encoding_stay() {
        let windows = format!("\u{feff}{}", TEXT.replace('\n', "\r\n"));
        let mut edit = FleetEdit::new(&windows, "fleet.toml").unwrap();
        edit.set("ripgrep", "14.1.1").unwrap();
        assert_eq!(edit.text(), windows.replace("ripgrep@14.1.0", "ripgrep@14.1.1"));
        edit.set("fd-find", "10.2.0").unwrap();
        assert!(
            edit.text()
                .ends_with("\r\n\r\n[programs.fd-find]\r\ncrate = \"fd-find@10.2.0\"\r\n")
        );
        let mut edit = FleetEdit::new("", "fleet.toml").unwrap();
        edit.set("ripgrep", "14.1.1").unwrap();
        assert!(!edit.text().contains('\r'));
    }

    /// The first program stood behind an empty line.
    #[test]
    fn a_new_file_begins_with_its_first_program() {
        let mut edit = FleetEdit::new("", "fleet.toml").unwrap();
        edit.set("one", "1.0.0").unwrap();
        edit.set("two", "2.0.0").unwrap();
        let expected = "[programs.one]\ncrate = \"one@1.0.0\"\n\n[programs.two]\ncrate = \"two@2.0.0\"\n";
        assert_eq!(edit.text(), expected);
    }

    #[test]
    fn a_comment_beside_a_version_stays() {
        let mut edit = FleetEdit::new(TEXT, "fleet.toml").unwrap();
        edit.set("ripgrep", "14.1.1").unwrap();
        assert_eq!(edit.text(), TEXT.replace("ripgrep@14.1.0", "ripgrep@14.1.1"));
        let pinned = "[pin]\nregex = \"1.9.0\" # 1.10 breaks us\n";
        let mut edit = FleetEdit::new(pinned, "fleet.toml").unwrap();
        edit.pin("regex", &Version::new(1, 9, 6));
        assert_eq!(edit.text(), pinned.replace("1.9.0", "1.9.6"));
    }

    #[test]
    fn the_head_of_the_file_stays_when_its_first_program_goes() {
        let (head, first) = (
            "# Ours.\n\n",
            "# Searches.\n[programs.rg]\ncrate = \"ripgrep@14.1.1\"\n",
        );
        let second = "\n# Finds.\n[programs.fd]\ncrate = \"fd-find@10.2.0\"\n";
        let mut edit = FleetEdit::new(&format!("{head}{first}{second}"), "fleet.toml").unwrap();
        edit.remove("rg").unwrap();
        assert_eq!(edit.text(), format!("{head}{}", second.trim_start()));
        edit.remove("fd").unwrap();
        assert_eq!(edit.text(), "# Ours.\n");
        // Below a table that has a head itself.
        let text = format!("{head}[programs]\n\n{first}{second}\n[pin]\n");
        let mut edit = FleetEdit::new(&text, "fleet.toml").unwrap();
        edit.remove("rg").unwrap();
        assert_eq!(edit.text(), format!("{head}[programs]\n{second}\n[pin]\n"));
    }

    #[test]
    fn of_two_programs_of_one_crate_the_one_that_is_named_is_updated() {
        let text = "[programs.a]\ncrate = \"sd@1.0.0\"\n[programs.b]\ncrate = \"sd@1.0.0\"\nisolated = true\n";
        let mut edit = FleetEdit::new(text, "fleet.toml").unwrap();
        edit.update("b", Some(&Version::new(1, 1, 0))).unwrap();
        let (a, b) = text.split_at(text.find("[programs.b]").unwrap());
        assert_eq!(edit.text(), format!("{a}{}", b.replace("1.0.0", "1.1.0")));
    }

    #[test]
    fn what_is_no_release_yet_is_kept_until_there_is_a_newer_one() {
        let text = "[programs.a]\ncrate = \"sd@2.0.0-rc.1\"\n";
        let mut edit = FleetEdit::new(text, "fleet.toml").unwrap();
        let own = "2.0.0-rc.1".to_owned();
        assert_eq!(edit.update("a", None).unwrap(), Edited::Kept(own.clone()));
        let higher = Edited::Higher(own, "1.9.0".to_owned());
        assert_eq!(edit.update("a", Some(&Version::new(1, 9, 0))).unwrap(), higher);
        assert_eq!(edit.text(), text);
        edit.update("a", Some(&Version::new(2, 0, 0))).unwrap();
        assert_eq!(edit.text(), text.replace("-rc.1", ""));
    }

    #[test]
    fn an_empty_file_is_a_beginning() {
        let mut edit = FleetEdit::new("", "fleet.toml").unwrap();
        edit.set("sd", "1.0.0").unwrap();
        assert_eq!(edit.text().trim_start(), "[programs.sd]\ncrate = \"sd@1.0.0\"\n");
    }
}
