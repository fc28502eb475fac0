//! Asks rustc for the `cfg`s of a triple.

use std::process::Command;

use semver::Version;

use super::Error;

/// The variable that has a stable rustc do what an unstable one does, and tell of unstable `cfg`s.
pub(crate) const UNSTABLE: &str = "RUSTC_BOOTSTRAP";

/// What `rustc --print cfg --target TRIPLE` prints; the program is that of the variable `RUSTC`, or `rustc`. `unstable` is the value of
/// [`UNSTABLE`] for it.
pub(super) fn print_cfg(triple: &str, rustflags: &[String], unstable: Option<&str>) -> Result<String, Error> {
    let fail = |reason: String| match super::known(triple) {
        None => Error::UnknownTarget {
            triple: triple.to_owned(),
            reason,
            near: super::near(triple),
        },
        Some(_) => Error::Flags {
            triple: triple.to_owned(),
            flags: rustflags.join(" "),
            reason,
        },
    };
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let ask = |folder: Option<&str>| {
        let mut command = Command::new(&program);
        command.args(["--print", "cfg", "--target", triple]).args(rustflags);
        if let Some(value) = unstable {
            command.env(UNSTABLE, value);
        }
        if let Some(folder) = folder {
            command.current_dir(folder);
        }
        command.output().map_err(|reason| {
            fail(format!(
                "{} can't be started ({reason}): put rustc on PATH",
                program.display()
            ))
        })
    };
    let mut output = ask(None)?;
    if !output.status.success() {
        // In the workspace rustup may want the toolchain of a `rust-toolchain.toml`, which is not installed, nor what will build.
        let elsewhere = ask(Some("/"))?;
        if elsewhere.status.success() {
            output = elsewhere;
        }
    }
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        let first = message.lines().next().unwrap_or("nothing").trim();
        return Err(fail(format!("rustc says `{}`", first.trim_start_matches("error: "))));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The version of the compiler, without what tells nightly ones apart; none if there is no compiler to ask. Like Cargo, and unlike
/// [`print_cfg`], this asks only where the answer chooses between versions.
pub(crate) fn rust_version() -> Option<Version> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut version = Version::parse(text.split_whitespace().nth(1)?).ok()?;
    version.pre = semver::Prerelease::EMPTY;
    Some(version)
}
