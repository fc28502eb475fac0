//! Puts a unit's source where it can be compiled.
//!
//! A package of the workspace lies where it lies in the workspace, with those files of the workspace around it that it reads;
//! any other package in a folder that has its name and version. So a path into one package never is a path into another.

use crate::changes;
use crate::failure::{Context, Failure, Result};
use crate::files;
use crate::inflate;
use crate::input::Input;
use crate::tar;
use std::path::{Component, Path, PathBuf};

/// What to do where a file of the workspace is not in the build of a package of it.
pub const ADVICE: &str = "A package sees its own folder, and of the workspace around it what its sources name. If the file is there \
    and git knows it, run `dyrust import`, which finds what string literals name; if that does not find it, name it in the \
    package's manifest, as a path from the package:\n    \
    [package.metadata.dyrust]\n    \
    files = [\"../PATH\"]";

/// Whether rustc says that a file is missing.
#[must_use]
pub fn lacks_file(said: &str) -> bool {
    said.contains("error: couldn't read `") || said.contains("error[E0583]: file not found for module")
}

/// Where a unit's source is in this build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The workspace's folder, the package's, or that of the repository that it is in.
    pub root: PathBuf,
    /// The package's folder.
    pub package: PathBuf,
    /// Where Cargo starts rustc: in the workspace's folder for packages of the workspace, else in the package's.
    pub work: PathBuf,
}

impl Layout {
    /// Where the source of this unit goes.
    ///
    /// # Errors
    /// If the package's folder is outside of its source.
    pub fn of(input: &Input) -> Result<Self> {
        let is_member = input.member.is_some();
        let root = input.top.join(if is_member {
            "workspace".to_owned()
        } else {
            format!("{}-{}", input.unit.package, input.unit.version)
        });
        let package = below(&root, input.member.as_deref().unwrap_or("."))?;
        let package = below(&package, &input.folder)?;
        let work = if is_member { root.clone() } else { package.clone() };
        Ok(Self { root, package, work })
    }
}

/// A folder or file below another one, without `.` parts, so that rustc finds the folder's name at the start of every path
/// below it.
fn below(folder: &Path, relative: &str) -> Result<PathBuf> {
    let mut path = folder.to_owned();
    for part in Path::new(relative).components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            _ => return Err(Failure::message(format!("{relative} is outside of the source"))),
        }
    }
    Ok(path)
}

/// Unpacks or copies the source below the build folder.
///
/// # Errors
/// If the source is damaged or the package is not in it.
pub fn prepare(input: &Input) -> Result<Layout> {
    let layout = Layout::of(input)?;
    let to = below(&layout.root, input.member.as_deref().unwrap_or("."))?;
    if input.source.is_dir() {
        files::copy_tree(&input.source, &to)?;
    } else {
        let packed = files::read(&input.source)?;
        let damaged = |what: &str| Failure::message(format!("{}: {what}", input.source.display()));
        let archive = inflate::gunzip(&packed).map_err(damaged)?;
        tar::unpack(&archive, &to)?;
    }
    if !layout.package.is_dir() {
        return Err(Failure::message(format!(
            "{} has no folder {}",
            input.source.display(),
            input.folder
        )));
    }
    for (path, from) in &input.files {
        let (from, to) = (Path::new(from), below(&layout.root, path)?);
        if from.is_symlink() {
            if let Some(folder) = to.parent() {
                files::make_folder(folder)?;
            }
            files::link(&std::fs::read_link(from).file("read the link", from)?, &to)?;
        } else if from.is_dir() {
            files::copy_tree(from, &to)?;
        } else {
            files::copy(from, &to)?;
        }
    }
    // The build script's own run starts without what it will write.
    if let Some(dev) = &input.build {
        changes::apply(dev, &layout.root)?;
    }
    Ok(layout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_files_are_told_from_other_errors() {
        assert!(lacks_file(
            "error: couldn't read `m/src/../x`: No such file or directory (os error 2)"
        ));
        assert!(lacks_file("error[E0583]: file not found for module `x`"));
        assert!(!lacks_file("error[E0425]: cannot find value `x` in this scope"));
    }

    #[test]
    fn nothing_is_put_outside_of_the_source() {
        let root = Path::new("/build/workspace");
        assert_eq!(below(root, "./a/b").unwrap(), root.join("a/b"));
        assert!(below(root, "../a").is_err());
    }
}
