//! The packages of one form and the objects in them, before anything is counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::elf::{self, ElfFile};
use crate::request::{FormRequest, Request};
use crate::store::{StoreIndex, StorePath, entry_of};
use crate::{Error, files};

/// A store path, or a folder or file outside the store.
#[derive(Debug)]
pub(crate) struct PackageNode {
    pub path: PathBuf,
    /// Indexes of other packages.
    pub references: Vec<usize>,
    pub nar_size: Option<u64>,
    /// The derivation that made it, where it is known.
    pub deriver: Option<PathBuf>,
    /// Bytes of files that are not objects.
    pub other_files: u64,
    /// Indexes into [`Tree::objects`].
    pub objects: Vec<usize>,
}

impl PackageNode {
    /// A package of which only the path is known.
    pub fn at(path: PathBuf) -> Self {
        Self {
            path,
            references: vec![],
            nar_size: None,
            deriver: None,
            other_files: 0,
            objects: vec![],
        }
    }
}

/// A program or shared object.
#[derive(Debug)]
pub(crate) struct ObjectNode {
    pub package: usize,
    pub path: PathBuf,
    pub bytes: u64,
    pub elf: ElfFile,
}

/// A program by the names under which `bin/` has it.
#[derive(Debug)]
pub(crate) struct ProgramNode {
    pub name: String,
    pub aliases: Vec<String>,
    pub object: usize,
}

/// One form's packages, objects and programs.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub packages: Vec<PackageNode>,
    pub objects: Vec<ObjectNode>,
    pub programs: Vec<ProgramNode>,
    by_path: HashMap<PathBuf, usize>,
}

impl Tree {
    /// Finds the programs of a form, their closure, and reads every object in it.
    pub fn read(request: &Request, form: &FormRequest) -> Result<Self, Error> {
        let store = fs::canonicalize(&request.store).unwrap_or_else(|_| request.store.clone());
        let mut roots = BTreeSet::new();
        let mut names: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
        for path in &form.paths {
            let root = fs::canonicalize(path).map_err(|_| Error::Missing(path.clone()))?;
            match entry_of(&store, &root) {
                Some(entry) => drop(roots.insert(entry)),
                // A folder such as Cargo's target/release holds much that is not deployed: its programs alone count.
                None if root.is_dir() && !root.join("bin").is_dir() => {}
                None => drop(roots.insert(root.clone())),
            }
            for (name, program) in candidates(path, &root)? {
                names.entry(program).or_default().insert(name);
            }
        }
        for program in names.keys() {
            let inside = roots.iter().any(|root| program.starts_with(root));
            if !inside {
                roots.insert(entry_of(&store, program).unwrap_or_else(|| program.clone()));
            }
        }
        let mut tree = Self::default();
        tree.add_packages(request, &store, &roots)?;
        tree.read_objects()?;
        tree.name_programs(names)?;
        if tree.programs.is_empty() {
            let paths: Vec<_> = form.paths.iter().map(|path| path.display().to_string()).collect();
            return Err(Error::NoProgram {
                form: form.form.name(),
                paths: paths.join(", "),
            });
        }
        Ok(tree)
    }

    fn add_packages(&mut self, request: &Request, store: &Path, roots: &BTreeSet<PathBuf>) -> Result<(), Error> {
        let (mut entries, outside): (BTreeSet<PathBuf>, BTreeSet<PathBuf>) =
            roots.iter().cloned().partition(|root| root.starts_with(store));
        let mut found: Vec<StorePath> = Vec::new();
        if !outside.is_empty() {
            let index = StoreIndex::read(store)?;
            for path in outside {
                let references = index.references(&path)?;
                entries.extend(references.iter().cloned());
                found.push(StorePath {
                    path,
                    references,
                    nar_size: None,
                    deriver: None,
                });
            }
        }
        let entries: Vec<PathBuf> = entries.into_iter().collect();
        found.extend(request.closure.closure(store, &entries)?);
        let index: HashMap<PathBuf, usize> = found
            .iter()
            .enumerate()
            .map(|(index, found)| (found.path.clone(), index))
            .collect();
        for StorePath {
            path,
            references,
            nar_size,
            deriver,
        } in found
        {
            let references = references
                .iter()
                .filter_map(|reference| index.get(reference).copied())
                .collect();
            self.packages.push(PackageNode {
                references,
                nar_size,
                deriver,
                ..PackageNode::at(path)
            });
        }
        Ok(())
    }

    fn read_objects(&mut self) -> Result<(), Error> {
        let read: Result<Vec<_>, Error> = self
            .packages
            .par_iter()
            .map(|package| read_package(&package.path))
            .collect();
        for (index, (other_files, objects)) in read?.into_iter().enumerate() {
            for (path, bytes, elf) in objects {
                self.push_object(index, path, bytes, elf);
            }
            if let Some(package) = self.packages.get_mut(index) {
                package.other_files = other_files;
            }
        }
        Ok(())
    }

    fn push_object(&mut self, package: usize, path: PathBuf, bytes: u64, elf: ElfFile) -> usize {
        let index = self.objects.len();
        self.by_path.insert(path.clone(), index);
        self.objects.push(ObjectNode {
            package,
            path,
            bytes,
            elf,
        });
        if let Some(package) = self.packages.get_mut(package) {
            package.objects.push(index);
        }
        index
    }

    fn name_programs(&mut self, names: BTreeMap<PathBuf, BTreeSet<String>>) -> Result<(), Error> {
        let mut taken: BTreeMap<String, PathBuf> = BTreeMap::new();
        for (path, names) in names {
            let Some(&object) = self.by_path.get(&path) else {
                continue;
            };
            if !self.objects.get(object).is_some_and(|object| object.elf.program) {
                continue;
            }
            let own = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            let name = if names.contains(&own) {
                own
            } else {
                names.first().cloned().unwrap_or(own)
            };
            if let Some(first) = taken.insert(name.clone(), path.clone()) {
                return Err(Error::SameName {
                    name,
                    first,
                    second: path,
                });
            }
            let aliases = names.into_iter().filter(|alias| *alias != name).collect();
            self.programs.push(ProgramNode { name, aliases, object });
        }
        self.programs.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(())
    }

    /// The object at `path`; a file outside all packages, such as the system's C library, becomes a package of its own.
    pub fn object_at(&mut self, path: &Path) -> Result<Option<usize>, Error> {
        if let Some(&index) = self.by_path.get(path) {
            return Ok(Some(index));
        }
        let Ok(path) = fs::canonicalize(path) else {
            return Ok(None);
        };
        if let Some(&index) = self.by_path.get(&path) {
            return Ok(Some(index));
        }
        let Some((bytes, elf)) = read_object(&path)? else {
            return Ok(None);
        };
        let package = self.packages.len();
        self.packages.push(PackageNode::at(path.clone()));
        Ok(Some(self.push_object(package, path, bytes, elf)))
    }
}

/// The programs of a root, by name: the root itself, or those in its `bin/`, or, without such a folder, in itself.
fn candidates(given: &Path, root: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let name = |path: &Path| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    if root.is_file() {
        let name = if given.file_name().is_some() {
            name(given)
        } else {
            name(root)
        };
        return Ok(vec![(name, root.to_owned())]);
    }
    let bin = root.join("bin");
    let folder = if bin.is_dir() { bin } else { root.to_owned() };
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(Error::read(&folder))? {
        let path = entry.map_err(Error::read(&folder))?.path();
        // A link to nothing is no program.
        let Ok(target) = fs::canonicalize(&path) else { continue };
        if target.is_file() && read_object(&target)?.is_some_and(|(_, elf)| elf.program) {
            found.push((name(&path), target));
        }
    }
    Ok(found)
}

type Objects = Vec<(PathBuf, u64, ElfFile)>;

/// The bytes of a package's other files, and its objects.
fn read_package(path: &Path) -> Result<(u64, Objects), Error> {
    let mut other = 0;
    let mut objects = Vec::new();
    for file in files::below(path)? {
        if file.link {
            continue;
        }
        match read_object(&file.path)? {
            Some((bytes, elf)) => objects.push((file.path, bytes, elf)),
            None => other += file.bytes,
        }
    }
    Ok((other, objects))
}

fn read_object(path: &Path) -> Result<Option<(u64, ElfFile)>, Error> {
    use std::io::Read;
    let mut file = fs::File::open(path).map_err(Error::read(path))?;
    let mut data = Vec::new();
    (&mut file).take(4).read_to_end(&mut data).map_err(Error::read(path))?;
    if data != object::elf::ELFMAG {
        return Ok(None);
    }
    file.read_to_end(&mut data).map_err(Error::read(path))?;
    let elf = elf::read(&data).map_err(|source| Error::Elf {
        path: path.to_owned(),
        source,
    })?;
    Ok(elf.map(|elf| (data.len() as u64, elf)))
}
