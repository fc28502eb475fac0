//! Git dependencies, from repositories made with `git` in a temporary folder.

use std::path::Path;

use super::Row;
use super::sources::{Bench, package};
use crate::cargo::CargoError;

/// All cases.
///
/// # Errors
/// When a repository can't be made or a project can't be compared at all.
pub fn run(oracle: &Path) -> Result<Vec<Row>, CargoError> {
    Ok(vec![
        references(oracle)?,
        submodule(oracle)?,
        workspace(oracle)?,
        same_package_twice(oracle)?,
        patch(oracle)?,
        old_lock(oracle)?,
    ])
}

fn commit(bench: &Bench, folder: &str) -> Result<String, CargoError> {
    bench.command(folder, "git", &["add", "--all"])?;
    bench.command(folder, "git", &["commit", "--quiet", "--message", "A change"])?;
    bench.command(folder, "git", &["rev-parse", "HEAD"])
}

fn repository(bench: &Bench, folder: &str, files: &[(&str, &str)]) -> Result<String, CargoError> {
    let files: Vec<(String, &str)> = files
        .iter()
        .map(|(path, text)| (format!("{folder}/{path}"), *text))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    bench.write(&files)?;
    bench.command(folder, "git", &["init", "--quiet", "--initial-branch=main"])?;
    commit(bench, folder)
}

fn url(bench: &Bench, folder: &str) -> String {
    format!("file://{}", bench.root().join(folder).display())
}

fn app(bench: &Bench, rest: &str) -> Result<(), CargoError> {
    bench.write(&[
        (
            "app/Cargo.toml",
            &package("app", "0.1.0", &format!("{rest}\n\n[workspace]\n")),
        ),
        ("app/src/main.rs", "fn main() {}\n"),
    ])
}

/// Default branch, branch, branch with a slash, tag, and revision, all of one repository, each with other features.
fn references(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    let manifest = |version: &str, feature: &str| {
        package(
            "part",
            version,
            &format!("[features]\ndefault = [\"{feature}\"]\n{feature} = []\n"),
        )
    };
    repository(
        &bench,
        "repo",
        &[("Cargo.toml", &manifest("1.0.0", "first")), ("src/lib.rs", "")],
    )?;
    bench.command("repo", "git", &["tag", "v1"])?;
    for (version, branch) in [("2.0.0", "stable"), ("3.0.0", "feature/x"), ("4.0.0", "tmp")] {
        bench.command("repo", "git", &["checkout", "--quiet", "-b", branch])?;
        bench.write(&[(
            "repo/Cargo.toml",
            &manifest(version, branch.rsplit('/').next().unwrap_or(branch)),
        )])?;
        commit(&bench, "repo")?;
    }
    let revision = bench.command("repo", "git", &["rev-parse", "HEAD"])?;
    bench.command("repo", "git", &["checkout", "--quiet", "main"])?;
    bench.write(&[("repo/Cargo.toml", &manifest("5.0.0", "newest"))])?;
    commit(&bench, "repo")?;
    let url = url(&bench, "repo");
    let line = |name: &str, reference: &str| format!("{name} = {{ package = \"part\", git = \"{url}\"{reference} }}\n");
    let dependencies = [
        line("newest", ""),
        line("tag", ", tag = \"v1\""),
        line("branch", ", branch = \"stable\""),
        line("slash", ", branch = \"feature/x\""),
        line("rev", &format!(", rev = \"{revision}\"")),
    ];
    app(&bench, &format!("[dependencies]\n{}", dependencies.concat()))?;
    bench.compare("git: default branch, branch, tag, revision", "app")
}

/// A path dependency that lies in a submodule.
fn submodule(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    repository(
        &bench,
        "inner",
        &[("Cargo.toml", &package("inner", "0.1.0", "")), ("src/lib.rs", "")],
    )?;
    let outer = package(
        "outer",
        "0.1.0",
        "[dependencies]\ninner = { path = \"modules/inner\" }\n",
    );
    repository(&bench, "outer", &[("Cargo.toml", &outer), ("src/lib.rs", "")])?;
    let inner = url(&bench, "inner");
    bench.command(
        "outer",
        "git",
        &[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            &inner,
            "modules/inner",
        ],
    )?;
    commit(&bench, "outer")?;
    app(
        &bench,
        &format!("[dependencies]\nouter = {{ git = \"{}\" }}\n", url(&bench, "outer")),
    )?;
    bench.compare("git: submodule", "app")
}

/// Two crates of one repository, in subfolders, that inherit from its workspace; one of them is a link.
fn workspace(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    let root = "[workspace]\nresolver = \"2\"\nmembers = [\"crates/*\"]\n\n[workspace.package]\nversion = \"1.2.3\"\nedition = \"2018\"\n\n\
                [workspace.dependencies]\ntwo = { path = \"crates/two\", features = [\"shared\"] }\n";
    let one = "[package]\nname = \"one\"\nversion.workspace = true\nedition.workspace = true\n\n[features]\nmore = [\"two/own\"]\n\n\
               [dependencies]\ntwo.workspace = true\n\n[build-dependencies]\ntwo = { workspace = true, features = [\"host\"] }\n";
    let two = "[package]\nname = \"two\"\nversion.workspace = true\nedition.workspace = true\n\n[features]\nshared = []\nown = []\nhost = []\n";
    repository(
        &bench,
        "repo",
        &[
            ("Cargo.toml", root),
            ("crates/one/Cargo.toml", one),
            ("crates/one/build.rs", "fn main() {}\n"),
            ("crates/one/source/lib.rs", ""),
            ("crates/two/Cargo.toml", two),
            ("crates/two/src/lib.rs", ""),
        ],
    )?;
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("source", bench.root().join("repo/crates/one/src")).map_err(super::folder_error)?;
        commit(&bench, "repo")?;
    }
    let url = url(&bench, "repo");
    app(
        &bench,
        &format!(
            "[features]\nmore = [\"one/more\"]\n\n[dependencies]\none = {{ git = \"{url}\" }}\ntwo = {{ git = \"{url}\", version = \"1\" }}\n"
        ),
    )?;
    bench.compare("git: two crates of a workspace, inheritance, a link", "app")
}

/// One package from two sources: a path inside the workspace and a repository.
fn same_package_twice(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    repository(
        &bench,
        "repo",
        &[
            ("Cargo.toml", &package("part", "0.1.0", "[features]\nfar = []\n")),
            ("src/lib.rs", ""),
        ],
    )?;
    bench.write(&[
        (
            "app/part/Cargo.toml",
            &package("part", "0.1.0", "[features]\nnear = []\n"),
        ),
        ("app/part/src/lib.rs", ""),
    ])?;
    let url = url(&bench, "repo");
    app(
        &bench,
        &format!(
            "[dependencies]\nnear = {{ package = \"part\", path = \"part\", features = [\"near\"] }}\n\
             far = {{ package = \"part\", git = \"{url}\", features = [\"far\"] }}\n"
        ),
    )?;
    bench.compare("git: one name and version from two sources", "app")
}

/// A git dependency patched by a path, and a path's own dependency that comes from the same repository.
fn patch(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    repository(
        &bench,
        "leaf",
        &[("Cargo.toml", &package("leaf", "0.1.0", "")), ("src/lib.rs", "")],
    )?;
    let leaf = url(&bench, "leaf");
    let middle = package(
        "middle",
        "0.1.0",
        &format!("[dependencies]\nleaf = {{ git = \"{leaf}\" }}\n"),
    );
    repository(&bench, "middle", &[("Cargo.toml", &middle), ("src/lib.rs", "")])?;
    bench.write(&[
        (
            "app/leaf/Cargo.toml",
            &package("leaf", "0.1.7", "[features]\ndefault = [\"local\"]\nlocal = []\n"),
        ),
        ("app/leaf/src/lib.rs", ""),
    ])?;
    let middle = url(&bench, "middle");
    app(
        &bench,
        &format!(
            "[dependencies]\nmiddle = {{ git = \"{middle}\" }}\n\n[patch.\"{leaf}\"]\nleaf = {{ path = \"leaf\" }}\n"
        ),
    )?;
    bench.compare("git: patch of a repository by a path", "app")
}

/// A lock of version 3, where a branch's slash is not encoded.
fn old_lock(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    repository(
        &bench,
        "repo",
        &[("Cargo.toml", &package("part", "0.1.0", "")), ("src/lib.rs", "")],
    )?;
    bench.command("repo", "git", &["checkout", "--quiet", "-b", "feature/y"])?;
    let url = url(&bench, "repo");
    app(
        &bench,
        &format!("[dependencies]\npart = {{ git = \"{url}\", branch = \"feature/y\" }}\n"),
    )?;
    bench.command(
        "app",
        &crate::cargo::Cargo::program(),
        &["generate-lockfile", "--quiet"],
    )?;
    let file = bench.root().join("app/Cargo.lock");
    let lock = std::fs::read_to_string(&file).map_err(super::folder_error)?;
    let old = lock
        .replace("version = 4", "version = 3")
        .replace("feature%2Fy", "feature/y");
    if !old.contains("branch=feature/y#") {
        return Err(CargoError::Format(format!("the lock is not as expected:\n{old}")));
    }
    bench.write(&[("app/Cargo.lock", &old)])?;
    bench.compare("git: branch with a slash in a lock of version 3", "app")
}
