//! An account of built programs: each with the shared objects that are loaded with it, as its dynamic section lists them, and the packages
//! that it says it is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use auditable_info::{Error as SectionError, Limits, audit_info_from_slice};
use auditable_serde::{DependencyKind, Source, VersionInfo};
use dyrust_importer::source::hex;
use dyrust_report::elf;
use sha2::{Digest, Sha256};

use super::{Account, Item, Items, Kind, escaped};
use crate::Error;
use crate::audit::silent;
use crate::output::Output;

/// The account of programs, or of those in folders or in their `bin`.
pub(super) fn account(paths: &[PathBuf], output: &Output) -> Result<Account, Error> {
    let mut items = Items::new();
    let mut names = Vec::new();
    for path in paths {
        let programs = crate::audit::programs(path)?;
        let mut found = 0;
        for file in &programs {
            let bytes = read(file)?;
            let Some(object) = elf(file, &bytes)?.filter(|object| object.program) else {
                continue;
            };
            found += 1;
            names.push(name_of(file));
            add(file, &bytes, &object, &mut items, output)?;
        }
        if found == 0 {
            return Err(Error::NoProgram(path.clone()));
        }
    }
    names.sort();
    names.dedup();
    Ok(Account {
        name: names.join(", "),
        target: None,
        roots: BTreeSet::new(),
        items,
    })
}

fn add(file: &Path, bytes: &[u8], object: &elf::ElfFile, items: &mut Items, output: &Output) -> Result<(), Error> {
    let mut program = item(Kind::Program, file, bytes);
    // Programs list everything by its path; what others need by a name alone is among that, or is the C library's own.
    let mut loaded: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut open: Vec<PathBuf> = paths(&object.needed).collect();
    let mut libraries: Vec<(PathBuf, Vec<u8>, elf::ElfFile)> = Vec::new();
    while let Some(path) = open.pop() {
        if loaded.contains_key(&name_of(&path)) {
            continue;
        }
        let bytes = read(&path)?;
        let Some(object) = elf(&path, &bytes)? else { continue };
        loaded.insert(name_of(&path), path.clone());
        open.extend(paths(&object.needed));
        libraries.push((path, bytes, object));
    }
    let place = |needed: &String| {
        loaded
            .get(&name_of(Path::new(needed)))
            .map(|path| path.display().to_string())
    };
    program.loads = loaded.values().map(|path| path.display().to_string()).collect();
    for (path, bytes, object) in &libraries {
        let id = path.display().to_string();
        let entry = items.entry(id).or_insert_with(|| item(Kind::File, path, bytes));
        entry.loads.extend(object.needed.iter().filter_map(&place));
    }
    match audit_info_from_slice(bytes, Limits::default().decompressed_json_size) {
        Ok(account) => packages(&account, &mut program, items),
        // A program of others.
        Err(SectionError::NoAuditData) => output.say(&format!(
            "note: {} does not say what it is made of: the bill has what it loads alone",
            file.display()
        )),
        Err(reason) => return Err(silent(file, &reason).into()),
    }
    items.insert(file.display().to_string(), program);
    Ok(())
}

/// Adds what a program says of itself.
fn packages(account: &VersionInfo, program: &mut Item, items: &mut Items) {
    let ids: Vec<String> = account
        .packages
        .iter()
        .map(|package| match &package.source {
            Source::CratesIo => format!("{}@{}", package.name, package.version),
            source => format!(
                "{}@{} ({})",
                package.name,
                package.version,
                String::from(source.clone())
            ),
        })
        .collect();
    for (package, id) in account.packages.iter().zip(&ids) {
        let item = items.entry(id.clone()).or_insert_with(|| {
            let mut item = Item::new(Kind::Package, &package.name);
            let version = package.version.to_string();
            // Without an address it would be a package of the default registry.
            if matches!(package.source, Source::CratesIo | Source::Local) {
                item.package_url = Some(format!("pkg:cargo/{}@{}", escaped(&package.name), escaped(&version)));
            }
            item.version = Some(version);
            item
        });
        let is_runtime = |index: &usize| {
            account
                .packages
                .get(*index)
                .is_some_and(|package| package.kind == DependencyKind::Runtime)
        };
        let (needs, builders): (Vec<usize>, Vec<usize>) =
            package.dependencies.iter().partition(|index| is_runtime(index));
        let named = |indexes: Vec<usize>| -> BTreeSet<String> {
            indexes
                .into_iter()
                .filter_map(|index| ids.get(index).cloned())
                .collect()
        };
        item.needs.extend(named(needs));
        item.builders.extend(named(builders));
        if package.kind == DependencyKind::Runtime {
            item.at_run_time = true;
            program.needs.insert(id.clone());
        } else {
            program.builders.insert(id.clone());
        }
        if package.root {
            program.version = Some(package.version.to_string());
        }
    }
}

fn item(kind: Kind, file: &Path, bytes: &[u8]) -> Item {
    let mut item = Item::new(kind, &name_of(file));
    item.sha256 = Some(hex::encode(&Sha256::digest(bytes)));
    item.properties.push(("dyrust:file", file.display().to_string()));
    item.at_run_time = true;
    item
}

fn paths(needed: &[String]) -> impl Iterator<Item = PathBuf> {
    needed.iter().filter(|name| name.starts_with('/')).map(PathBuf::from)
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A program may list anything as what it loads, and a device need not have an end.
fn read(file: &Path) -> Result<Vec<u8>, Error> {
    let read = match std::fs::metadata(file) {
        Ok(known) if !known.is_file() => Err(std::io::Error::other("it is no regular file")),
        Ok(_) => std::fs::read(file),
        Err(reason) => Err(reason),
    };
    read.map_err(|reason| Error::Unreadable(file.to_path_buf(), reason))
}

fn elf(file: &Path, bytes: &[u8]) -> Result<Option<elf::ElfFile>, Error> {
    elf::read(bytes).map_err(|reason| Error::Unreadable(file.to_path_buf(), std::io::Error::other(reason)))
}
