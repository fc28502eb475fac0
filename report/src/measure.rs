//! Makes the report of one form from its tree.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::elf::{Relocations, Sections};
use crate::model::{FormReport, Object, Package, Program, Totals};
use crate::request::{FormRequest, Request};
use crate::store::nar;
use crate::tree::{ObjectNode, PackageNode, Tree};
use crate::usage::{Usage, Users};
use crate::{Error, names, update};

/// One form's measurements.
pub(crate) struct Measured {
    pub report: FormReport,
    pub warnings: Vec<String>,
    /// The programs' files, in the report's order.
    pub programs: Vec<PathBuf>,
}

/// Measures a form; also returns what the reader should know.
pub(crate) fn form(request: &Request, form: &FormRequest) -> Result<Measured, Error> {
    let mut tree = Tree::read(request, form)?;
    let usage = Usage::find(&mut tree, &request.library_folders)?;
    let measure = Measure {
        tree: &tree,
        usage: &usage,
        names: names::of(&tree.packages),
    };
    let packages = measure.packages(request.compress)?;
    let programs = measure.programs();
    let derivers: Option<Vec<PathBuf>> = packages
        .iter()
        .zip(&tree.packages)
        .filter(|(package, _)| !package.c_library)
        .map(|(_, node)| node.deriver.clone())
        .collect();
    let derivations = derivers.and_then(|derivers| request.closure.derivations(&request.store, &derivers));
    let updates = update::of(&tree, &packages, derivations.as_ref());
    let totals = totals(&packages, &programs);
    let mut report = FormReport {
        form: form.form,
        totals,
        programs,
        packages,
        updates,
        curve: Vec::new(),
    };
    // Until here packages are in the tree's order, which the indexes of `updates` rely on.
    report
        .packages
        .sort_by(|left, right| right.bytes.cmp(&left.bytes).then_with(|| left.id.cmp(&right.id)));
    let mut warnings: Vec<String> = usage
        .loaded
        .iter()
        .flat_map(|loaded| loaded.missing.iter().cloned())
        .collect();
    warnings.sort();
    warnings.dedup();
    let programs = tree
        .programs
        .iter()
        .filter_map(|program| tree.objects.get(program.object));
    Ok(Measured {
        report,
        warnings,
        programs: programs.map(|object| object.path.clone()).collect(),
    })
}

struct Measure<'form> {
    tree: &'form Tree,
    usage: &'form Usage,
    names: Vec<String>,
}

impl Measure<'_> {
    fn packages(&self, compress: bool) -> Result<Vec<Package>, Error> {
        self.tree
            .packages
            .par_iter()
            .enumerate()
            .map(|(index, node)| {
                let c_library = is(&self.usage.c_library, index);
                // No crate's update changes the C library, so nobody needs to know how it compresses.
                let gzip = compress && !c_library;
                let sizes = match node.nar_size {
                    Some(plain) if !gzip => nar::NarSizes { plain, gzip: None },
                    _ => nar::sizes(&node.path, gzip)?,
                };
                Ok(self.package(index, node, c_library, sizes))
            })
            .collect()
    }

    fn package(&self, index: usize, node: &PackageNode, c_library: bool, sizes: nar::NarSizes) -> Package {
        let mut objects: Vec<Object> = node
            .objects
            .iter()
            .filter_map(|object| Some((*object, self.tree.objects.get(*object)?)))
            .map(|(object, facts)| self.object(object, facts, &node.path))
            .collect();
        objects.sort_by(|left, right| left.file.cmp(&right.file));
        let mut users = Users::new();
        if node.other_files > 0 || node.objects.is_empty() {
            users.extend(self.usage.packages.get(index).into_iter().flatten());
        }
        for object in &node.objects {
            users.extend(self.usage.objects.get(*object).into_iter().flatten());
        }
        let mut references: Vec<String> = node
            .references
            .iter()
            .filter_map(|reference| self.names.get(*reference).cloned())
            .collect();
        references.sort();
        Package {
            id: self.names.get(index).cloned().unwrap_or_default(),
            path: node.path.display().to_string(),
            bytes: objects.iter().map(|object| object.bytes).sum::<u64>() + node.other_files,
            files: node.other_files,
            nar_size: sizes.plain,
            gzip_size: sizes.gzip,
            c_library,
            users: self.program_names(&users),
            references,
            objects,
        }
    }

    fn object(&self, index: usize, facts: &ObjectNode, package: &Path) -> Object {
        let inside = facts
            .path
            .strip_prefix(package)
            .ok()
            .filter(|inside| !inside.as_os_str().is_empty());
        let file = inside.unwrap_or_else(|| facts.path.file_name().map_or(&facts.path, Path::new));
        Object {
            file: file.display().to_string(),
            bytes: facts.bytes,
            sections: facts.elf.sections,
            relocations: facts.elf.relocations,
            exports: facts.elf.exports,
            imports: facts.elf.imports,
            users: self
                .usage
                .objects
                .get(index)
                .map(|users| self.program_names(users))
                .unwrap_or_default(),
            loaded: is(&self.usage.at_start, index),
        }
    }

    fn program_names(&self, users: &Users) -> Vec<String> {
        users
            .iter()
            .filter_map(|user| self.tree.programs.get(*user))
            .map(|program| program.name.clone())
            .collect()
    }

    /// Sizes and users of all that is counted: objects and other files, the C library's left out.
    fn counted(&self) -> impl Iterator<Item = (u64, &Users)> {
        let objects = self.tree.objects.iter().zip(&self.usage.objects);
        let objects = objects.map(|(object, users)| (object.package, object.bytes, users));
        let files = self.tree.packages.iter().zip(&self.usage.packages).enumerate();
        let files = files.map(|(index, (package, users))| (index, package.other_files, users));
        objects
            .chain(files)
            .filter(|(package, ..)| !is(&self.usage.c_library, *package))
            .map(|(_, bytes, users)| (bytes, users))
    }

    fn programs(&self) -> Vec<Program> {
        let mut totals = vec![(0, 0); self.tree.programs.len()];
        for (bytes, users) in self.counted() {
            for user in users {
                if let Some((adds, total)) = totals.get_mut(*user) {
                    *total += bytes;
                    *adds += if users.len() == 1 { bytes } else { 0 };
                }
            }
        }
        let nodes = self.tree.programs.iter().zip(&self.usage.loaded).zip(totals);
        nodes
            .map(|((node, loaded), (adds, total))| {
                let own = self.tree.objects.get(node.object);
                let mut program = Program {
                    name: node.name.clone(),
                    aliases: node.aliases.clone(),
                    package: own
                        .and_then(|own| self.names.get(own.package).cloned())
                        .unwrap_or_default(),
                    file: own.map_or(0, |own| own.bytes),
                    adds,
                    total,
                    ratio: None,
                    start_objects: 0,
                    c_library_objects: 0,
                    relocations: Relocations::default(),
                    sections: Sections::default(),
                    start: None,
                };
                for (place, object) in loaded.objects.iter().enumerate() {
                    let Some(object) = self.tree.objects.get(*object) else {
                        continue;
                    };
                    if is(&self.usage.c_library, object.package) {
                        program.c_library_objects += 1;
                        continue;
                    }
                    program.start_objects += u64::from(place > 0);
                    program.relocations.add(&object.elf.relocations);
                    program.sections.add(&object.elf.sections);
                }
                program
            })
            .collect()
    }
}

fn is(flags: &[bool], index: usize) -> bool {
    flags.get(index).copied().unwrap_or(false)
}

fn totals(packages: &[Package], programs: &[Program]) -> Totals {
    let mut totals = Totals {
        unshared: programs.iter().map(|program| program.total).sum(),
        ..Totals::default()
    };
    for package in packages {
        if package.c_library {
            totals.c_library += package
                .objects
                .iter()
                .filter(|object| object.loaded)
                .map(|object| object.bytes)
                .sum::<u64>();
            continue;
        }
        totals.bytes += package.bytes;
        totals.packages += 1;
        totals.objects += package.objects.len() as u64;
        totals.shared_packages += u64::from(package.users.len() > 1);
        totals.nar_size += package.nar_size;
        totals.gzip_size = match (totals.gzip_size, package.gzip_size) {
            (sum, Some(size)) => Some(sum.unwrap_or(0) + size),
            (sum, None) => sum,
        };
        for object in &package.objects {
            totals.sections.add(&object.sections);
            *share(&mut totals, object.users.len()) += object.bytes;
        }
        *share(&mut totals, package.users.len()) += package.files;
    }
    totals
}

fn share(totals: &mut Totals, users: usize) -> &mut u64 {
    match users {
        0 => &mut totals.unused,
        1 => &mut totals.single,
        _ => &mut totals.shared,
    }
}
