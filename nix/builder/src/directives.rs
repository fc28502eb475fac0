//! What a build script says on its standard output, by Cargo's grammar
//! (<https://doc.rust-lang.org/cargo/reference/build-scripts.html#outputs-of-the-build-script>).

/// The link arguments' targets, as in `rustc-link-arg-bins`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// Everything that is linked.
    All,
    /// All programs.
    Bins,
    /// The program of this name.
    Bin(String),
    /// A cdylib.
    Cdylib,
    /// Integration tests.
    Tests,
    /// Examples.
    Examples,
    /// Benchmarks.
    Benches,
}

impl LinkTarget {
    /// As `node.json` writes it.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Bins => "bins".to_owned(),
            Self::Bin(name) => format!("bin:{name}"),
            Self::Cdylib => "cdylib".to_owned(),
            Self::Tests => "tests".to_owned(),
            Self::Examples => "examples".to_owned(),
            Self::Benches => "benches".to_owned(),
        }
    }
}

/// Everything that a build script said.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Directives {
    /// `--cfg` values.
    pub cfgs: Vec<String>,
    /// `--check-cfg` values.
    pub check_cfgs: Vec<String>,
    /// Variables for the package's own rustc calls.
    pub environment: Vec<(String, String)>,
    /// `-l` values, with kind and modifiers.
    pub libs: Vec<String>,
    /// `-L` values, with kind.
    pub searches: Vec<String>,
    /// Arguments for the linker.
    pub link_arguments: Vec<(LinkTarget, String)>,
    /// What dependents' build scripts see as `DEP_` variables.
    pub metadata: Vec<(String, String)>,
    /// Messages that do not fail the build.
    pub warnings: Vec<String>,
    /// Messages that fail it.
    pub errors: Vec<String>,
}

/// Keys that the syntax with one colon knows; any other key there is metadata.
const ONE_COLON_KEYS: [&str; 17] = [
    "rustc-flags",
    "rustc-link-lib",
    "rustc-link-search",
    "rustc-link-arg-cdylib",
    "rustc-cdylib-link-arg",
    "rustc-link-arg-bins",
    "rustc-link-arg-bin",
    "rustc-link-arg-tests",
    "rustc-link-arg-benches",
    "rustc-link-arg-examples",
    "rustc-link-arg",
    "rustc-cfg",
    "rustc-check-cfg",
    "rustc-env",
    "warning",
    "rerun-if-changed",
    "rerun-if-env-changed",
];

/// The Rust version since which Cargo knows `cargo::`.
const TWO_COLONS: [u64; 2] = [1, 77];

/// Whether a package with this `rust-version` may print `cargo::`.
fn may_have_two_colons(rust_version: &str) -> bool {
    let mut numbers = rust_version.split(['.', '-']).map(str::parse::<u64>);
    let mut next = || numbers.next().and_then(Result::ok).unwrap_or_default();
    [next(), next()] >= TWO_COLONS
}

/// Reads a build script's standard output. Lines that are no directives, or not UTF-8, are passed over. `rust_version` is that of the
/// package's manifest.
///
/// # Errors
/// A sentence that quotes the line and says what was expected.
pub fn parse(output: &[u8], rust_version: Option<&str>) -> Result<Directives, String> {
    let mut directives = Directives::default();
    for line in output.split(|byte| *byte == b'\n') {
        let Ok(line) = std::str::from_utf8(line).map(str::trim) else {
            continue;
        };
        if let Some(data) = line.strip_prefix("cargo::") {
            if let Some(version) = rust_version.filter(|version| !may_have_two_colons(version)) {
                return Err(format!(
                    "the build script printed `{line}`: Cargo knows `cargo::` since Rust 1.77, and the package says that it builds with Rust \
                     {version} (`rust-version` of its manifest): print `cargo:` there"
                ));
            }
            let (key, value) = pair(line, data, "cargo::KEY=VALUE")?;
            directives.add(line, key, value, true)?;
        } else if let Some(data) = line.strip_prefix("cargo:") {
            let (key, value) = pair(line, data, "cargo:KEY=VALUE")?;
            directives.add(line, key, value, false)?;
        }
    }
    Ok(directives)
}

fn pair<'a>(line: &str, data: &'a str, form: &str) -> Result<(&'a str, &'a str), String> {
    let (key, value) = data
        .split_once('=')
        .ok_or_else(|| format!("the build script printed `{line}`: expected `{form}`"))?;
    Ok((key, value))
}

impl Directives {
    /// What stands in place of a build script: keys and values, with the meaning that they have after `cargo::`.
    ///
    /// # Errors
    /// A sentence that quotes the pair and says what was expected.
    pub fn of_pairs(pairs: &[(String, String)]) -> Result<Self, String> {
        let mut directives = Self::default();
        for (key, value) in pairs {
            directives.add(&format!("cargo::{key}={value}"), key, value, true)?;
        }
        Ok(directives)
    }

    fn add(&mut self, line: &str, key: &str, value: &str, two_colons: bool) -> Result<(), String> {
        let owned = || value.to_owned();
        if !two_colons && !ONE_COLON_KEYS.contains(&key) {
            self.metadata.push((key.to_owned(), owned()));
            return Ok(());
        }
        match key {
            "rustc-flags" => self.add_flags(line, value)?,
            "rustc-link-lib" => self.libs.push(owned()),
            "rustc-link-search" => self.searches.push(owned()),
            "rustc-link-arg" => self.link_arguments.push((LinkTarget::All, owned())),
            "rustc-link-arg-bins" => self.link_arguments.push((LinkTarget::Bins, owned())),
            "rustc-link-arg-bin" => {
                let (name, argument) = pair(line, value, "rustc-link-arg-bin=PROGRAM=ARGUMENT")?;
                self.link_arguments
                    .push((LinkTarget::Bin(name.to_owned()), argument.to_owned()));
            }
            "rustc-link-arg-cdylib" | "rustc-cdylib-link-arg" => {
                self.link_arguments.push((LinkTarget::Cdylib, owned()))
            }
            "rustc-link-arg-tests" => self.link_arguments.push((LinkTarget::Tests, owned())),
            "rustc-link-arg-benches" => self.link_arguments.push((LinkTarget::Benches, owned())),
            "rustc-link-arg-examples" => self.link_arguments.push((LinkTarget::Examples, owned())),
            "rustc-cfg" => self.cfgs.push(owned()),
            "rustc-check-cfg" => self.check_cfgs.push(owned()),
            "rustc-env" => {
                let (name, value) = pair(line, value, "rustc-env=NAME=VALUE")?;
                if name == "RUSTC_BOOTSTRAP" {
                    return Err(format!(
                        "the build script printed `{line}`: crates cannot set RUSTC_BOOTSTRAP"
                    ));
                }
                self.environment.push((name.to_owned(), value.to_owned()));
            }
            "warning" => self.warnings.push(owned()),
            "error" => self.errors.push(owned()),
            "rerun-if-changed" | "rerun-if-env-changed" => {}
            "metadata" => {
                let (key, value) = pair(line, value, "cargo::metadata=KEY=VALUE")?;
                self.metadata.push((key.to_owned(), value.to_owned()));
            }
            _ => return Err(format!("the build script printed `{line}`: unknown key `{key}`")),
        }
        Ok(())
    }

    /// `-l NAME` and `-L FOLDER`, joined or apart, in any number; Cargo allows no other flags (`BuildOutput::parse_rustc_flags`).
    fn add_flags(&mut self, line: &str, flags: &str) -> Result<(), String> {
        let mut words = flags.split_whitespace();
        while let Some(word) = words.next() {
            let (list, flag, joined) = match (word.strip_prefix("-l"), word.strip_prefix("-L")) {
                (Some(joined), _) => (&mut self.libs, "-l", joined),
                (_, Some(joined)) => (&mut self.searches, "-L", joined),
                _ => {
                    return Err(format!(
                        "the build script printed `{line}`: only `-l` and `-L` flags are allowed"
                    ));
                }
            };
            let value = Some(joined).filter(|value| !value.is_empty()).or_else(|| words.next());
            let value = value.ok_or_else(|| format!("the build script printed `{line}`: `{flag}` has no value"))?;
            list.push(value.to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn both_syntaxes() {
        for colon in [":", "::"] {
            let text = "noise\n  cargo@rustc-cfg=has_std \r\ncargo@rustc-cfg=v=\"1 2\"\ncargo@rustc-check-cfg=cfg(a, values(\"b\"))\n\
                cargo@rustc-env=K=v=w x\ncargo@rustc-link-lib=static:+whole-archive=z\ncargo@rustc-link-search=native=/a b\n\
                cargo@rustc-flags=-l foo -L /x\ncargo@warning=careful\ncargo@rerun-if-changed=a\ncargo@rerun-if-env-changed=A\n"
                .replace('@', colon);
            let found = parse(text.as_bytes(), None).unwrap();
            assert_eq!(found.cfgs, ["has_std", "v=\"1 2\""]);
            assert_eq!(found.check_cfgs, ["cfg(a, values(\"b\"))"]);
            assert_eq!(found.environment, strings(&[("K", "v=w x")]));
            assert_eq!(found.libs, ["static:+whole-archive=z", "foo"]);
            assert_eq!(found.searches, ["native=/a b", "/x"]);
            assert_eq!(found.warnings, ["careful"]);
            assert!(found.metadata.is_empty());
        }
    }

    #[test]
    fn link_arguments_and_their_targets() {
        let text = "cargo:rustc-link-arg=-a\ncargo:rustc-link-arg-bins=-b\ncargo:rustc-link-arg-bin=rg=-c=d\n\
            cargo:rustc-cdylib-link-arg=-d\ncargo::rustc-link-arg-cdylib=-e\ncargo:rustc-link-arg-tests=-f\n\
            cargo:rustc-link-arg-examples=-g\ncargo:rustc-link-arg-benches=-h\n";
        let found: Vec<String> = parse(text.as_bytes(), None)
            .unwrap()
            .link_arguments
            .iter()
            .map(|(target, argument)| format!("{} {argument}", target.to_text()))
            .collect();
        assert_eq!(
            found,
            [
                "all -a",
                "bins -b",
                "bin:rg -c=d",
                "cdylib -d",
                "cdylib -e",
                "tests -f",
                "examples -g",
                "benches -h"
            ]
        );
    }

    #[test]
    fn pairs_are_taken_as_they_are() {
        let pairs = strings(&[
            ("rustc-env", "NAME= spaces "),
            ("metadata", "root=/r"),
            ("rustc-flags", "-l z"),
        ]);
        let found = Directives::of_pairs(&pairs).unwrap();
        assert_eq!(found.environment, strings(&[("NAME", " spaces ")]));
        assert_eq!(
            (found.metadata, found.libs),
            (strings(&[("root", "/r")]), vec!["z".to_owned()])
        );
        assert!(Directives::of_pairs(&strings(&[("rustc-flags", "-O")])).is_err());
    }

    #[test]
    fn metadata() {
        let found = parse(
            b"cargo:root=/out\ncargo:error=e\ncargo::metadata=include=/a=b\ncargo:metadata=x\n\xff\n",
            None,
        )
        .unwrap();
        let expected = strings(&[("root", "/out"), ("error", "e"), ("include", "/a=b"), ("metadata", "x")]);
        assert_eq!(found.metadata, expected);
        assert!(found.errors.is_empty());
        assert_eq!(parse(b"cargo::error=broken", None).unwrap().errors, ["broken"]);
    }

    #[test]
    fn refuses_what_cargo_refuses() {
        for (line, reason) in [
            ("cargo::unknown=1", "unknown key `unknown`"),
            ("cargo::rustc-cfg", "expected `cargo::KEY=VALUE`"),
            ("cargo:something", "expected `cargo:KEY=VALUE`"),
            ("cargo:rustc-env=NAME", "expected `rustc-env=NAME=VALUE`"),
            ("cargo:rustc-flags=-O", "only `-l` and `-L`"),
            ("cargo:rustc-flags=-l", "`-l` has no value"),
            ("cargo::metadata=x", "expected `cargo::metadata=KEY=VALUE`"),
            ("cargo:rustc-link-arg-bin=x", "PROGRAM=ARGUMENT"),
            ("cargo:rustc-env=RUSTC_BOOTSTRAP=1", "cannot set RUSTC_BOOTSTRAP"),
        ] {
            let error = parse(line.as_bytes(), None).unwrap_err();
            assert!(error.contains(reason) && error.contains(line), "{line}: {error}");
        }
    }

    // Cargo refuses this, and it was built.
    #[test]
    fn two_colons_are_for_packages_that_say_no_older_rust() {
        let output = b"cargo:rustc-cfg=a\ncargo::rustc-cfg=b";
        for version in ["1.77", "1.77.0", "1.100", "2", "1.78-beta.1"] {
            assert!(parse(output, Some(version)).is_ok(), "{version}");
        }
        for version in ["1.76.9", "1.9", "1", "0.9"] {
            let error = parse(output, Some(version)).unwrap_err();
            assert!(
                error.contains("`cargo::rustc-cfg=b`") && error.contains(version),
                "{error}"
            );
            assert!(parse(b"cargo:rustc-cfg=a", Some(version)).is_ok());
        }
    }
}
