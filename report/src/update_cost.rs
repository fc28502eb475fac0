//! What an update costs: of two builds of the same programs, which files are new.
//!
//! Two questions have two answers. *As built* a file is new if its store path is: that is what a machine downloads of a cache. *By
//! content* it is new if its bytes are, where a store path within them counts as what it leads to and not as the hash in its name. That is what
//! is downloaded where the paths are made of contents: of pinned libraries, of content-addressed derivations.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::ops::Bound;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::files;
use crate::request::Form;
use crate::size::show;
use crate::store::{Closure, entry_of, split_name};
use crate::table::Table;

/// Two builds of one form.
#[derive(Debug, Clone)]
pub struct Pair {
    /// How the programs are deployed.
    pub form: Form,
    /// Before: a store path, a link to one, or a folder.
    pub old: PathBuf,
    /// After.
    pub new: PathBuf,
}

/// Files and bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// Files; links are none.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Amount {
    /// Adds a file of so many bytes.
    pub fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}

/// What an update costs in one form.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FormCost {
    /// The form.
    pub form: Form,
    /// All that the new build needs at run time.
    pub all: Amount,
    /// What of it lies in store paths that the old build does not need; of folders outside of the store as by content.
    pub as_built: Amount,
    /// What of it has other bytes.
    pub by_content: Amount,
    /// The files that are new by content: without the store's folder and hashes, sorted.
    pub changed: Vec<String>,
    /// Derivations that are built for the new build and were not for the old one; nothing if the store does not have them.
    pub rebuilt: Option<u64>,
    /// The bytes by content, as a share of those of the static form.
    pub of_static: Option<f64>,
}

/// What an update costs, by forms.
///
/// # Errors
/// If a path does not exist, holds no file or cannot be read, or its closure cannot be found.
pub fn update_cost(pairs: &[Pair], store: &Path, closure: &dyn Closure) -> Result<Vec<FormCost>, Error> {
    let mut costs = Vec::new();
    for pair in pairs {
        let old = Side::read(&pair.old, store, closure)?;
        let new = Side::read(&pair.new, store, closure)?;
        costs.push(cost(pair.form, &old, &new, closure, store)?);
    }
    let base = costs.iter().find(|cost| cost.form == Form::Static);
    if let Some(base) = base.map(|cost| cost.by_content.bytes).filter(|bytes| *bytes > 0) {
        for cost in &mut costs {
            cost.of_static = Some(share(cost.by_content.bytes, base));
        }
    }
    Ok(costs)
}

/// A quotient to four digits behind the point.
#[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^53 bytes")]
fn share(bytes: u64, of: u64) -> f64 {
    (bytes as f64 / of as f64 * 10_000.0).round() / 10_000.0
}

fn cost(form: Form, old: &Side, new: &Side, closure: &dyn Closure, store: &Path) -> Result<FormCost, Error> {
    let known: BTreeSet<Identity> = old.identities()?.into_values().collect();
    let mut cost = FormCost {
        form,
        all: Amount::default(),
        as_built: Amount::default(),
        by_content: Amount::default(),
        changed: Vec::new(),
        rebuilt: rebuilt(old, new, closure, store),
        of_static: None,
    };
    for (path, identity) in new.identities()? {
        let Some(bytes) = new.files.get(&path).and_then(|file| file.bytes) else {
            continue;
        };
        cost.all.add(bytes);
        let other = !known.contains(&identity);
        if other {
            cost.by_content.add(bytes);
            cost.changed.push(identity.name);
        }
        let built = match entry_of(store, &path) {
            Some(entry) => !old.entries.contains(&entry),
            None => other,
        };
        if built {
            cost.as_built.add(bytes);
        }
    }
    cost.changed.sort();
    Ok(cost)
}

/// How many derivations the new side has and the old one has not.
fn rebuilt(old: &Side, new: &Side, closure: &dyn Closure, store: &Path) -> Option<u64> {
    let derivations = |side: &Side| -> Option<BTreeSet<PathBuf>> {
        let found = closure.derivations(store, &side.derivers)?;
        Some(found.into_keys().collect())
    };
    if old.derivers.is_empty() || new.derivers.is_empty() {
        return None;
    }
    let (old, new) = (derivations(old)?, derivations(new)?);
    u64::try_from(new.difference(&old).count()).ok()
}

/// A table of it for a terminal.
#[must_use]
pub fn text(costs: &[FormCost]) -> String {
    let headings = [
        "form",
        "files",
        "bytes",
        "new, as built",
        "bytes",
        "new, by content",
        "bytes",
        "of static",
        "derivations built",
    ];
    let mut table = Table::new(&headings, &[]);
    for cost in costs {
        let amounts = [cost.all, cost.as_built, cost.by_content];
        let mut row = vec![cost.form.to_string()];
        row.extend(
            amounts
                .iter()
                .flat_map(|amount| [amount.files.to_string(), show(amount.bytes)]),
        );
        row.push(cost.of_static.map(|share| format!("{share:.4}")).unwrap_or_default());
        row.push(cost.rebuilt.map(|count| count.to_string()).unwrap_or_default());
        table.row(row);
    }
    let mut text = table.render();
    for cost in costs.iter().filter(|cost| !cost.changed.is_empty()) {
        text.push_str(&format!("\n{}, new by content:\n", cost.form));
        for name in &cost.changed {
            text.push_str(&format!("  {name}\n"));
        }
    }
    text
}

/// What a file is: its name without the hash of its store path, and a digest of its content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    name: String,
    digest: [u8; 32],
}

/// A file of one side.
#[derive(Debug)]
struct File {
    /// Bytes of a regular file; links have none.
    bytes: Option<u64>,
    /// Its path below the folder that was given, or below its store path.
    name: String,
}

/// One build.
#[derive(Debug, Default)]
struct Side {
    files: BTreeMap<PathBuf, File>,
    /// Its store paths.
    entries: BTreeSet<PathBuf>,
    /// By the hashes in their names.
    by_hash: HashMap<String, PathBuf>,
    derivers: Vec<PathBuf>,
}

impl Side {
    fn read(path: &Path, store: &Path, closure: &dyn Closure) -> Result<Self, Error> {
        let real = fs::canonicalize(path).map_err(|_| Error::Missing(path.to_owned()))?;
        let mut side = Self::default();
        let Some(entry) = entry_of(store, &real) else {
            side.add(&real)?;
            // Nothing that is compared with nothing costs nothing, whatever was meant.
            return match side.files.is_empty() {
                true => Err(Error::NoFile(path.to_owned())),
                false => Ok(side),
            };
        };
        for found in closure.closure(store, &[entry])? {
            side.add(&found.path)?;
            side.derivers.extend(found.deriver);
            let name = found
                .path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if let Some((hash, _)) = split_name(&name) {
                side.by_hash.insert(hash.to_owned(), found.path.clone());
            }
            side.entries.insert(found.path);
        }
        side.derivers.sort();
        side.derivers.dedup();
        Ok(side)
    }

    fn add(&mut self, folder: &Path) -> Result<(), Error> {
        for file in files::below(folder)? {
            let inside = file.path.strip_prefix(folder).unwrap_or(&file.path);
            let name = match inside.as_os_str().is_empty() {
                true => file.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                false => inside.to_string_lossy().into_owned(),
            };
            let bytes = (!file.link).then_some(file.bytes);
            self.files.insert(file.path, File { bytes, name });
        }
        Ok(())
    }

    fn identities(&self) -> Result<BTreeMap<PathBuf, Identity>, Error> {
        let mut digests = HashMap::new();
        let mut identities = BTreeMap::new();
        for (path, file) in &self.files {
            let digest = self.digest(path, &mut digests)?;
            let name = file.name.clone();
            identities.insert(path.clone(), Identity { name, digest });
        }
        Ok(identities)
    }

    /// The digest of a file, in which store paths count as the digests of what they lead to; files that lead to each other, as their names.
    fn digest(&self, path: &Path, digests: &mut HashMap<PathBuf, Option<[u8; 32]>>) -> Result<[u8; 32], Error> {
        match digests.get(path) {
            Some(Some(digest)) => return Ok(*digest),
            Some(None) => return Ok(Sha256::digest(b"a circle").into()),
            None => {}
        }
        digests.insert(path.to_owned(), None);
        let is_link = self.files.get(path).is_some_and(|file| file.bytes.is_none());
        let content = match is_link {
            true => fs::read_link(path).map(|target| target.as_os_str().as_bytes().to_vec()),
            false => fs::read(path),
        };
        let content = content.map_err(Error::read(path))?;
        let mut sum = Sha256::new();
        let mut done = 0;
        for dash in content
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'-')
            .map(|(at, _)| at)
        {
            let Some(start) = dash.checked_sub(32).filter(|start| *start >= done) else {
                continue;
            };
            let hash = content.get(start..dash).and_then(|hash| std::str::from_utf8(hash).ok());
            let Some(entry) = hash.and_then(|hash| self.by_hash.get(hash)) else {
                continue;
            };
            sum.update(content.get(done..start).unwrap_or_default());
            let rest = content.get(start..).unwrap_or_default();
            let length = rest.iter().position(|byte| !is_of_path(*byte)).unwrap_or(rest.len());
            let text = String::from_utf8_lossy(rest.get(..length).unwrap_or_default()).into_owned();
            let (length, digest) = self.meant(entry, &text, digests)?;
            sum.update(digest);
            done = start + length;
        }
        sum.update(content.get(done..).unwrap_or_default());
        let digest: [u8; 32] = sum.finalize().into();
        digests.insert(path.to_owned(), Some(digest));
        Ok(digest)
    }

    /// What a path in a file leads to, and how many bytes of it say so: a file, or all of its entry. The entry's name is not among what is
    /// meant: it has a version in it, which the name of a pinned output has not.
    fn meant(
        &self,
        entry: &Path,
        text: &str,
        digests: &mut HashMap<PathBuf, Option<[u8; 32]>>,
    ) -> Result<(usize, [u8; 32]), Error> {
        let path = entry.with_file_name(text);
        if self.files.contains_key(&path) {
            return Ok((text.len(), self.digest(&path, digests)?));
        }
        let name = entry.file_name().unwrap_or_default().len().min(text.len());
        let mut sum = Sha256::new();
        // The order of paths is that of their parts: what is in a folder stands together.
        let from_entry = self.files.range::<Path, _>((Bound::Included(entry), Bound::Unbounded));
        for (file, _) in from_entry.take_while(|(file, _)| file.starts_with(entry)) {
            sum.update(self.digest(file, digests)?);
        }
        Ok((name, sum.finalize().into()))
    }
}

/// Whether a byte may be in a store path and the file names below it, as far as those are plain.
fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-._?=/".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Scan;

    const HASHES: [&str; 4] = [
        "0000000000000000000000000000000a",
        "0000000000000000000000000000000b",
        "0000000000000000000000000000000c",
        "0000000000000000000000000000000d",
    ];

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A program over two libraries in a store, of which the second has another text and all have other paths.
    fn fleet(store: &Path, hashes: [&str; 3], text: &str) -> PathBuf {
        let [one, two, program] = [("one-1", 0), ("two-1", 1), ("program-1", 2)]
            .map(|(name, index): (&str, usize)| store.join(format!("{}-{name}", hashes[index])));
        write(&one.join("lib/libone.so"), "unchanged");
        write(&two.join("lib/libtwo.so"), text);
        let list = format!("{}/lib/libone.so\0{}/lib/libtwo.so\0", one.display(), two.display());
        write(&program.join("bin/program"), &list);
        program
    }

    #[test]
    fn a_file_whose_path_alone_changed_is_new_as_built_and_not_by_content() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path();
        let old = fleet(store, [HASHES[0], HASHES[1], HASHES[2]], "before");
        let moved = [
            "1000000000000000000000000000000a",
            HASHES[3],
            "1000000000000000000000000000000c",
        ];
        let new = fleet(store, moved, "after!");
        let form = Form::Dynamic;
        let pair = |new: &Path| Pair {
            form,
            old: old.clone(),
            new: new.to_owned(),
        };
        let costs = update_cost(&[pair(&new)], store, &Scan).unwrap();
        assert_eq!(costs[0].as_built.files, 3);
        assert_eq!(
            costs[0].changed,
            ["bin/program", "lib/libtwo.so"],
            "the list names what changed"
        );
        // The same bytes under other paths: nothing is new.
        let again = [
            "2000000000000000000000000000000a",
            "2000000000000000000000000000000b",
            "2000000000000000000000000000000c",
        ];
        let same = fleet(store, again, "before");
        let costs = update_cost(&[pair(&same)], store, &Scan).unwrap();
        assert_eq!((costs[0].as_built.files, costs[0].by_content), (3, Amount::default()));
    }

    #[test]
    fn folders_outside_of_the_store_are_compared_by_content() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("old/a", "same"),
            ("old/b", "before"),
            ("new/a", "same"),
            ("new/b", "after"),
        ] {
            write(&folder.path().join(name), text);
        }
        let pair = Pair {
            form: Form::Static,
            old: folder.path().join("old"),
            new: folder.path().join("new"),
        };
        let costs = update_cost(&[pair], Path::new("/nix/store"), &Scan).unwrap();
        assert_eq!(costs[0].as_built, Amount { files: 1, bytes: 5 });
        assert_eq!(costs[0].of_static, Some(1.0));
        assert!(costs[0].all == Amount { files: 2, bytes: 9 });
    }

    #[test]
    fn what_is_not_there_is_said() {
        let pair = Pair {
            form: Form::Dynamic,
            old: "/nonexistent".into(),
            new: "/nonexistent".into(),
        };
        assert!(matches!(
            update_cost(&[pair], Path::new("/nix/store"), &Scan),
            Err(Error::Missing(_))
        ));
    }
}
