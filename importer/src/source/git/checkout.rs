//! Checks out a commit and its submodules.

use std::fs;
use std::path::{Path, PathBuf};

use super::url::submodule_url;
use super::{GitSource, PackageName};
use crate::config::{Config, GitReference};
use crate::source::Error;
use crate::source::git_command::{GitConfig, git};

/// How deep submodules may be nested; deeper ones are a circle.
const DEPTH: usize = 16;

/// Makes `folder` the tree of the commit, with submodules and without any `.git`. Returns the folders of the submodules.
pub(super) fn checkout(
    config: &Config,
    offline: bool,
    source: &GitSource,
    package: &PackageName,
    folder: &Path,
) -> Result<Vec<String>, Error> {
    let checkout = Repository {
        config,
        offline,
        package,
        root: folder,
    };
    let mut submodules = Vec::new();
    checkout.commit(source, folder, &mut submodules, 0)?;
    remove_git(folder).map_err(|reason| Error::Io {
        doing: "writing",
        file: folder.to_path_buf(),
        reason,
    })?;
    submodules.sort();
    Ok(submodules)
}

struct Repository<'a> {
    config: &'a Config,
    offline: bool,
    package: &'a PackageName,
    root: &'a Path,
}

impl Repository<'_> {
    fn commit(
        &self,
        source: &GitSource,
        folder: &Path,
        submodules: &mut Vec<String>,
        depth: usize,
    ) -> Result<(), Error> {
        let failed = |reason: String| self.failed(source, reason);
        fs::create_dir_all(folder).map_err(|reason| Error::Io {
            doing: "writing",
            file: folder.to_path_buf(),
            reason,
        })?;
        // Commits of 64 digits are of repositories with sha256 objects.
        let format = if source.rev.len() == 64 {
            "--object-format=sha256"
        } else {
            "--object-format=sha1"
        };
        git(folder, GitConfig::None, ["init", "--quiet", "--template=", format])?.map_err(failed)?;
        match self.database(&source.rev)? {
            Some(database) => {
                let alternates = folder.join(".git/objects/info/alternates");
                let text = format!("{}\n", database.join("objects").display());
                fs::create_dir_all(folder.join(".git/objects/info"))
                    .and_then(|()| fs::write(&alternates, text))
                    .map_err(|reason| Error::Io {
                        doing: "writing",
                        file: alternates,
                        reason,
                    })?;
            }
            None if self.offline => {
                return Err(Error::Offline {
                    package: self.package.clone(),
                });
            }
            None => self.fetch(source, folder)?,
        }
        git(
            folder,
            GitConfig::None,
            ["checkout", "--quiet", "--force", "--detach", &source.rev],
        )?
        .map_err(failed)?;
        self.submodules(source, folder, submodules, depth)
    }

    fn failed(&self, source: &GitSource, reason: String) -> Error {
        Error::Git {
            package: self.package.clone(),
            url: source.url.clone(),
            rev: source.rev.clone(),
            reason,
        }
    }

    /// The database of Cargo's that holds a commit. A commit's name is the hash of its content, so any database's will do.
    fn database(&self, rev: &str) -> Result<Option<PathBuf>, Error> {
        let Ok(entries) = fs::read_dir(self.config.cargo_home.join("git/db")) else {
            return Ok(None);
        };
        let mut databases: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        databases.sort();
        for database in databases
            .into_iter()
            .filter(|database| database.join("objects").is_dir())
        {
            // Shallow databases lack parents, which a checkout does not need. `^{tree}` makes sure that more than the commit is there.
            let question = format!("{rev}^{{tree}}");
            let folder = std::path::absolute(&database).unwrap_or(database);
            if git(&folder, GitConfig::None, ["--git-dir=.", "cat-file", "-e", &question])?.is_ok() {
                return Ok(Some(folder));
            }
        }
        Ok(None)
    }

    /// Fetches a commit from its remote: the commit alone where the server allows that, else what the manifest names, else everything.
    fn fetch(&self, source: &GitSource, folder: &Path) -> Result<(), Error> {
        let url = source.url.as_str();
        let has = |folder: &Path| {
            let question = format!("{}^{{commit}}", source.rev);
            Ok::<_, Error>(git(folder, GitConfig::None, ["cat-file", "-e", &question])?.is_ok())
        };
        let fetch = |options: &[&str], specs: &[String]| {
            let mut arguments = vec!["fetch", "--quiet", "--no-write-fetch-head", "--no-recurse-submodules"];
            arguments.extend(options);
            arguments.extend(["--end-of-options", url]);
            arguments.extend(specs.iter().map(String::as_str));
            git(folder, GitConfig::User, arguments)
        };
        fetch(&["--no-tags", "--depth=1"], std::slice::from_ref(&source.rev))?.ok();
        if has(folder)? {
            return Ok(());
        }
        let named = match &source.reference {
            GitReference::Default => "HEAD".to_owned(),
            GitReference::Branch(branch) => format!("refs/heads/{branch}"),
            GitReference::Tag(tag) => format!("refs/tags/{tag}"),
            GitReference::Rev(rev) if rev.starts_with("refs/") => rev.clone(),
            GitReference::Rev(_) => "HEAD".to_owned(),
        };
        let mut result = fetch(&["--no-tags"], &[format!("+{named}:refs/dyrust/named")])?;
        if !has(folder)? {
            let everything = [
                "+HEAD:refs/dyrust/head",
                "+refs/heads/*:refs/dyrust/heads/*",
                "+refs/tags/*:refs/dyrust/tags/*",
            ];
            result = fetch(&["--no-tags"], &everything.map(str::to_owned))?;
        }
        if has(folder)? {
            return Ok(());
        }
        match result {
            Err(reason) => Err(Error::GitRemote {
                package: self.package.clone(),
                url: url.to_owned(),
                reason,
            }),
            Ok(_) => Err(Error::NoSuchCommit {
                package: self.package.clone(),
                url: url.to_owned(),
                rev: source.rev.clone(),
            }),
        }
    }

    /// Checks out the submodules of a commit that is checked out, as `git submodule update --init --recursive` does.
    fn submodules(
        &self,
        source: &GitSource,
        folder: &Path,
        submodules: &mut Vec<String>,
        depth: usize,
    ) -> Result<(), Error> {
        let failed = |reason: String| self.failed(source, reason);
        let staged = git(folder, GitConfig::None, ["ls-files", "--stage", "-z"])?.map_err(failed)?;
        let links: Vec<(String, String)> = staged
            .split(|byte| *byte == 0)
            .filter_map(|line| {
                // `160000 COMMIT 0<tab>PATH`
                let (head, path) = std::str::from_utf8(line).ok()?.split_once('\t')?;
                let mut fields = head.split(' ');
                (fields.next() == Some("160000")).then(|| Some((path.to_owned(), fields.next()?.to_owned())))?
            })
            .collect();
        if links.is_empty() || !folder.join(".gitmodules").is_file() {
            return Ok(());
        }
        let modules = modules(folder)?.map_err(failed)?;
        for (path, rev) in links {
            // A link that `.gitmodules` does not name stays an empty folder, as in Cargo's checkouts.
            let Some(module) = modules.iter().find(|module| module.path == path) else {
                continue;
            };
            if module.update_none {
                continue;
            }
            if depth >= DEPTH {
                return Err(failed(format!("its submodules are nested more than {DEPTH} deep")));
            }
            let child = folder.join(&path);
            let url = submodule_url(&source.url, &module.url);
            let inner = GitSource {
                url,
                reference: GitReference::Default,
                rev,
            };
            let name = child.strip_prefix(self.root).unwrap_or(&child).display().to_string();
            submodules.push(name);
            self.commit(&inner, &child, submodules, depth + 1)?;
        }
        Ok(())
    }
}

/// An entry of `.gitmodules`.
#[derive(Debug, Default)]
struct Module {
    name: String,
    path: String,
    url: String,
    update_none: bool,
}

/// The entries of `.gitmodules`.
fn modules(folder: &Path) -> Result<Result<Vec<Module>, String>, Error> {
    let arguments = [
        "config",
        "--file",
        ".gitmodules",
        "-z",
        "--get-regexp",
        r"^submodule\..*\.(path|url|update)$",
    ];
    let text = match git(folder, GitConfig::None, arguments)? {
        Ok(text) => text,
        Err(reason) => return Ok(Err(format!(".gitmodules: {reason}"))),
    };
    let mut modules: Vec<Module> = Vec::new();
    for entry in String::from_utf8_lossy(&text).split('\0') {
        let Some((key, value)) = entry.split_once('\n') else {
            continue;
        };
        let Some((name, field)) = key.strip_prefix("submodule.").and_then(|key| key.rsplit_once('.')) else {
            continue;
        };
        let index = modules
            .iter()
            .position(|module| module.name == name)
            .unwrap_or_else(|| {
                modules.push(Module {
                    name: name.to_owned(),
                    ..Module::default()
                });
                modules.len() - 1
            });
        let Some(module) = modules.get_mut(index) else { continue };
        match field {
            "path" => module.path = value.trim_end_matches('/').to_owned(),
            "url" => module.url = value.to_owned(),
            _ => module.update_none = value == "none",
        }
    }
    Ok(Ok(modules))
}

/// Deletes everything named `.git`, at every depth, as nixpkgs' `fetchgit` does.
fn remove_git(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_folder = entry.file_type()?.is_dir();
        if entry.file_name() == ".git" {
            if is_folder {
                fs::remove_dir_all(entry.path())?
            } else {
                fs::remove_file(entry.path())?
            }
        } else if is_folder {
            remove_git(&entry.path())?;
        }
    }
    Ok(())
}
