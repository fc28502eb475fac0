//! The variables that Cargo sets for rustc and for build scripts
//! (<https://doc.rust-lang.org/cargo/reference/environment-variables.html>).

use crate::failure::Result;
use crate::files;
use crate::input::Input;
use crate::kind::Kind;
use std::collections::BTreeMap;
use std::path::Path;

/// The parts of a version: major, minor, patch and what comes before a release. Build metadata is none of them.
#[must_use]
pub fn version_parts(version: &str) -> [&str; 4] {
    let release = version.split_once('+').map_or(version, |(release, _)| release);
    let (core, pre) = release.split_once('-').unwrap_or((release, ""));
    let mut numbers = core.splitn(3, '.');
    let mut next = || numbers.next().unwrap_or_default();
    [next(), next(), next(), pre]
}

/// A name as Cargo writes it in variables: upper case, `-` as `_`.
#[must_use]
pub fn upper(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

/// What every program that the build starts sees: a home, a place for temporary files, a fixed time, and the tools.
pub fn base(input: &Input) -> Result<BTreeMap<String, String>> {
    let home = input.top.join("home");
    let temporary = input.top.join("tmp");
    files::make_folder(&home)?;
    files::make_folder(&temporary)?;
    let toolchain = &input.toolchain;
    let mut folders = vec![&toolchain.rustc, &toolchain.cc, &toolchain.bintools];
    for folder in [&toolchain.host_cc, &toolchain.host_bintools, &toolchain.cargo]
        .into_iter()
        .chain(&input.tools)
    {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    let path: Vec<String> = folders
        .iter()
        .map(|folder| folder.join("bin").to_string_lossy().into_owned())
        .collect();
    let mut variables = BTreeMap::from(
        [
            ("HOME", home.to_string_lossy().into_owned()),
            ("CARGO_HOME", home.join(".cargo").to_string_lossy().into_owned()),
            ("TMPDIR", temporary.to_string_lossy().into_owned()),
            ("PATH", path.join(":")),
            // The date that Nix gives to what it unpacks; zip files can't hold an earlier one.
            ("SOURCE_DATE_EPOCH", "315532800".to_owned()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    variables.extend(wrappers(input));
    for name in ["NIX_BUILD_TOP", "NIX_STORE", "NIX_BUILD_CORES"] {
        if let Ok(value) = std::env::var(name) {
            variables.insert(name.to_owned(), value);
        }
    }
    Ok(variables)
}

/// Variable of the package set's linker wrapper: it would add the folders of our `dev` outputs to the search path of programs.
pub const DONT_SET_RPATH: &str = "NIX_DONT_SET_RPATH";

/// What the set-up hooks of nixpkgs' wrappers of the C compiler, the linker and pkg-config tell them: which platform's variables are
/// meant by which suffix, and how C code is hardened.
fn wrappers(input: &Input) -> BTreeMap<String, String> {
    let mut roles = vec![("HOST", "", &input.target)];
    if input.is_cross() {
        roles.push(("BUILD", "_FOR_BUILD", &input.host));
    }
    let mut variables = BTreeMap::from([(DONT_SET_RPATH.to_owned(), "1".to_owned())]);
    for (role, suffix, triple) in roles {
        let salt = triple.replace(['-', '.'], "_");
        for wrapper in ["CC", "BINTOOLS", "PKG_CONFIG"] {
            variables.insert(format!("NIX_{wrapper}_WRAPPER_TARGET_{role}_{salt}"), "1".to_owned());
        }
        variables.insert(format!("NIX_HARDENING_ENABLE{suffix}"), input.hardening.join(" "));
        variables.insert(format!("NIX_ENFORCE_NO_NATIVE{suffix}"), "1".to_owned());
    }
    variables
}

/// The package's facts, which rustc and build scripts both see.
#[must_use]
pub fn package(input: &Input, folder: &Path) -> BTreeMap<String, String> {
    let unit = &input.unit;
    let [major, minor, patch, pre] = version_parts(&unit.version);
    let fact = |name: &str| unit.facts.get(name).map_or("", String::as_str).to_owned();
    let text = |path: &Path| path.to_string_lossy().into_owned();
    BTreeMap::from(
        [
            ("CARGO", text(&input.toolchain.cargo.join("bin/cargo"))),
            ("CARGO_MANIFEST_DIR", text(folder)),
            ("CARGO_MANIFEST_PATH", text(&folder.join("Cargo.toml"))),
            ("CARGO_PKG_NAME", unit.package.clone()),
            ("CARGO_PKG_VERSION", unit.version.clone()),
            ("CARGO_PKG_VERSION_MAJOR", major.to_owned()),
            ("CARGO_PKG_VERSION_MINOR", minor.to_owned()),
            ("CARGO_PKG_VERSION_PATCH", patch.to_owned()),
            ("CARGO_PKG_VERSION_PRE", pre.to_owned()),
            ("CARGO_PKG_AUTHORS", fact("authors")),
            ("CARGO_PKG_DESCRIPTION", fact("description")),
            ("CARGO_PKG_HOMEPAGE", fact("homepage")),
            ("CARGO_PKG_REPOSITORY", fact("repository")),
            ("CARGO_PKG_LICENSE", fact("license")),
            ("CARGO_PKG_LICENSE_FILE", fact("license-file")),
            ("CARGO_PKG_README", fact("readme")),
            ("CARGO_PKG_RUST_VERSION", fact("rust-version")),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )
}

/// What rustc sees beyond the package's facts.
pub fn compiling(input: &Input) -> Result<BTreeMap<String, String>> {
    let unit = &input.unit;
    let mut variables = BTreeMap::from([("CARGO_CRATE_NAME".to_owned(), unit.crate_name())]);
    if unit.primary {
        variables.insert("CARGO_PRIMARY_PACKAGE".to_owned(), "1".to_owned());
    }
    if matches!(unit.kind, Kind::Bin | Kind::Example) {
        variables.insert("CARGO_BIN_NAME".to_owned(), unit.name.clone());
    }
    variables.extend(programs(input));
    if matches!(unit.kind, Kind::Test | Kind::Bench) {
        let temporary = input.top.join("tmp");
        variables.insert(
            "CARGO_TARGET_TMPDIR".to_owned(),
            temporary.to_string_lossy().into_owned(),
        );
    }
    Ok(variables)
}

/// Where the package's programs are, for its integration tests and benchmarks: when they are compiled and when they run.
#[must_use]
pub fn programs(input: &Input) -> BTreeMap<String, String> {
    if !matches!(input.unit.kind, Kind::Test | Kind::Bench) {
        return BTreeMap::new();
    }
    let programs = input.binaries.iter();
    programs
        .map(|(name, path)| (format!("CARGO_BIN_EXE_{name}"), path.clone()))
        .collect()
}

/// The `CARGO_CFG_` variables, from what `rustc --print cfg` prints.
#[must_use]
pub fn cfg_variables(printed: &str, debug_assertions: bool, features: &[String]) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in printed.lines() {
        match line.split_once('=') {
            Some((key, value)) => values
                .entry(key.to_owned())
                .or_default()
                .push(value.trim_matches('"').to_owned()),
            // rustc does not know the profile; the profile's own setting is what counts.
            None if line == "debug_assertions" || line.is_empty() => {}
            None => drop(values.entry(line.to_owned()).or_default()),
        }
    }
    if debug_assertions {
        values.insert("debug_assertions".to_owned(), Vec::new());
    }
    values.insert("feature".to_owned(), features.to_vec());
    values
        .into_iter()
        .map(|(key, list)| (format!("CARGO_CFG_{}", upper(&key)), list.join(",")))
        .collect()
}

/// Search paths for native libraries, for build scripts and the compilers that they start.
#[must_use]
pub fn library_paths(input: &Input) -> BTreeMap<String, String> {
    let existing = |folders: &[&str]| {
        let all = input
            .libraries
            .iter()
            .flat_map(|library| folders.iter().map(move |folder| library.join(folder)));
        all.filter(|path| path.is_dir())
            .map(|path| path.to_string_lossy().into_owned())
            .collect::<Vec<_>>()
            .join(":")
    };
    let mut variables = BTreeMap::new();
    for (name, folders) in [
        ("PKG_CONFIG_PATH", &["lib/pkgconfig", "share/pkgconfig"][..]),
        ("CPATH", &["include"]),
        ("LIBRARY_PATH", &["lib"]),
        ("CMAKE_PREFIX_PATH", &["."]),
    ] {
        let value = existing(folders);
        if !value.is_empty() {
            variables.insert(name.to_owned(), value);
        }
    }
    variables
}

/// How many jobs a build script may run.
#[must_use]
pub fn jobs() -> usize {
    let asked = std::env::var("NIX_BUILD_CORES")
        .ok()
        .and_then(|cores| cores.parse().ok())
        .filter(|cores| *cores > 0);
    asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_versions() {
        assert_eq!(version_parts("1.2.3"), ["1", "2", "3", ""]);
        assert_eq!(version_parts("1.2.3-alpha.1+build-5"), ["1", "2", "3", "alpha.1"]);
        assert_eq!(version_parts("0.1.0+wasi-snapshot"), ["0", "1", "0", ""]);
        assert_eq!(version_parts("1.0.0-a-b.c"), ["1", "0", "0", "a-b.c"]);
    }

    #[test]
    fn cfgs_become_variables() {
        let printed = "debug_assertions\ntarget_os=\"linux\"\ntarget_family=\"unix\"\ntarget_has_atomic\n\
            target_has_atomic=\"8\"\ntarget_has_atomic=\"ptr\"\nunix\n";
        let variables = cfg_variables(printed, false, &["std".to_owned(), "a-b".to_owned()]);
        let get = |name: &str| variables.get(name).map(String::as_str);
        assert_eq!(get("CARGO_CFG_TARGET_OS"), Some("linux"));
        assert_eq!(get("CARGO_CFG_TARGET_HAS_ATOMIC"), Some("8,ptr"));
        assert_eq!(get("CARGO_CFG_UNIX"), Some(""));
        assert_eq!(get("CARGO_CFG_FEATURE"), Some("std,a-b"));
        assert_eq!(get("CARGO_CFG_DEBUG_ASSERTIONS"), None);
        assert_eq!(
            cfg_variables(printed, true, &[])
                .get("CARGO_CFG_DEBUG_ASSERTIONS")
                .map(String::as_str),
            Some("")
        );
    }

    #[test]
    fn names_of_variables() {
        assert_eq!(upper("serde-derive_x"), "SERDE_DERIVE_X");
    }
}
