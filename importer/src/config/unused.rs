//! Keys that Cargo would follow and a build by Nix does not.

use std::path::Path;

use crate::cargo_version::Novelty;

use super::Config;
use super::tree::ConfigValue;

/// Keys of `[build]` and why they do not count.
const BUILD: [(&str, &str); 7] = [
    ("rustc", TOOLCHAIN),
    ("rustc-wrapper", TOOLCHAIN),
    ("rustc-workspace-wrapper", TOOLCHAIN),
    ("rustdoc", TOOLCHAIN),
    ("rustdocflags", "documentation is made without further flags"),
    ("target", PLATFORMS),
    ("warnings", "which lints are errors the manifests say"),
];

/// Keys of `[target.TRIPLE]` and `[target.'cfg(…)']`.
const TARGET: [(&str, &str); 3] = [
    ("linker", "programs are linked by the package set's C compiler"),
    ("runner", "tests are run as they are, or by the package set's emulator"),
    ("rustdocflags", "documentation is made without further flags"),
];

/// Why a variable that is a path of the workspace does not count.
const GONE: &str = "it is a path in the workspace's folder, which builds do not see; `environment` of an override can set it for a crate";

const TOOLCHAIN: &str = "the toolchain is the package set's";
const PLATFORMS: &str = "the platforms are those of `dyrust import --target`";

impl Config {
    /// What the workspace's own files say and no build follows, a sentence each; `targets` are the triples that are built for.
    ///
    /// The user's own files and the environment are left out: two people's graphs of one workspace would differ.
    pub fn unused(&self, targets: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (key, reason) in BUILD {
            if let Some(node) = self.tree.get(&["build", key])
                && !(key == "target" && names_only(node, targets))
            {
                found.extend(self.sentence(&format!("build.{key}"), node, reason));
            }
        }
        for (name, table) in self.tree.table(&["target"]).unwrap_or_default() {
            let quoted = quoted(name);
            if !name.starts_with("cfg(") && !targets.contains(&name) {
                continue;
            }
            for (key, reason) in TARGET {
                if let Some(node) = table.get(&[key]) {
                    found.extend(self.sentence(&format!("target.{quoted}.{key}"), node, reason));
                }
            }
        }
        for (name, node) in self.tree.table(&["env"]).unwrap_or_default() {
            // What is not of that form `variables` refuses.
            let is_relative = matches!(node, ConfigValue::Table(_))
                && self.tree.boolean(&["env", name, "relative"]).ok().flatten() == Some(true);
            if is_relative {
                found.extend(self.sentence(&format!("env.{name}"), node, GONE));
            }
        }
        // rustc is asked for its version only where there is the key.
        if let Some(node) = self.tree.get(&["resolver", "lockfile-path"])
            && let Err(too_old) = Novelty::LockfilePath.check()
        {
            found.extend(self.sentence("resolver.lockfile-path", node, &format!("it takes {too_old}")));
        }
        found
    }

    /// What the fleet in a folder does not follow of a member's files, a sentence each: what programs share is compiled once, in one way. Of a member
    /// in that folder itself the files are the fleet's own, so that its flags and what it has in place of build scripts count for all.
    pub fn unused_by_fleets(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        if self.workspace_root != folder {
            found.extend(self.unshared());
        }
        for (name, table) in self.tree.table(&["profile"]).unwrap_or_default() {
            found.extend(self.sentence(&format!("profile.{name}"), table, "profiles are those of manifests"));
        }
        found
    }

    /// Rustc's flags, and what stands for build scripts, which are not a member's own.
    fn unshared(&self) -> Vec<String> {
        const ONE_WAY: &str = "what the programs of a fleet share is compiled once, in one way";
        let mut found = Vec::new();
        if let Some(node) = self.tree.get(&["build", "rustflags"]) {
            found.extend(self.sentence("build.rustflags", node, ONE_WAY));
        }
        for (name, table) in self.tree.table(&["target"]).unwrap_or_default() {
            let entries = match table {
                ConfigValue::Table(entries) => entries.iter(),
                _ => continue,
            };
            for (key, node) in entries {
                let is_script = matches!(node, ConfigValue::Table(_));
                if key == "rustflags" || is_script {
                    let why = if is_script { "build scripts are run" } else { ONE_WAY };
                    found.extend(self.sentence(&format!("target.{}.{key}", quoted(name)), node, why));
                }
            }
        }
        found
    }

    fn sentence(&self, key: &str, node: &ConfigValue, reason: &str) -> Option<String> {
        let written = self.written(key, node)?;
        Some(format!("{written} is not followed: {reason}."))
    }

    /// A key with its value and file; nothing if it does not come from a file of the workspace.
    fn written(&self, key: &str, node: &ConfigValue) -> Option<String> {
        let file = node.origin()?.0.strip_prefix(&self.workspace_root).ok()?;
        Some(format!("`{key} = {}` of {}", node.value(), file.display()))
    }
}

/// A key of `[target]` as TOML has it.
fn quoted(name: &str) -> String {
    if name.starts_with("cfg(") {
        format!("'{name}'")
    } else {
        name.to_owned()
    }
}

/// Does `build.target` name nothing else than what is built for?
fn names_only(node: &ConfigValue, targets: &[&str]) -> bool {
    match node.value() {
        toml::Value::String(target) => targets.contains(&target.as_str()),
        toml::Value::Array(list) => list
            .iter()
            .all(|target| target.as_str().is_some_and(|target| targets.contains(&target))),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Environment;
    use super::*;

    /// A linker or runner of the workspace was ignored without a word.
    #[test]
    fn what_is_not_followed_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("w/.cargo")).unwrap();
        std::fs::create_dir_all(root.join(".cargo")).unwrap();
        std::fs::write(root.join(".cargo/config.toml"), "build.rustc = '/of/this/machine'\n").unwrap();
        let text = "[build]\ntarget = ['a', 'b']\n[target.a]\nlinker = 'clang'\nrustflags = ['-g']\n[target.other]\nlinker = 'x'\n\
                    [target.'cfg(unix)']\nrunner = ['sudo', '-E']\n[target.a.z]\nrustc-link-lib = ['z']\n[profile.release]\nlto = true\n";
        std::fs::write(root.join("w/.cargo/config.toml"), text).unwrap();
        let home = root.join("nobody").display().to_string();
        let environment = Environment::of([("HOME", home.as_str())]);
        let config = Config::load_in(&root.join("w"), environment).unwrap();
        let linker = "`target.a.linker = \"clang\"` of .cargo/config.toml is not followed: programs are linked by the package set's C compiler.";
        let runner = "`target.'cfg(unix)'.runner = [\"sudo\", \"-E\"]` of .cargo/config.toml is not followed: tests are run as they are, or by the package set's emulator.";
        assert_eq!(config.unused(&["a", "b"]), [linker, runner]);
        let flags = "`target.a.rustflags = [\"-g\"]` of .cargo/config.toml is not followed: what the programs of a fleet share is compiled once, in one way.";
        let script =
            "`target.a.z = { rustc-link-lib = [\"z\"] }` of .cargo/config.toml is not followed: build scripts are run.";
        let profile = "`profile.release = { lto = true }` of .cargo/config.toml is not followed: profiles are those of manifests.";
        assert_eq!(config.unused_by_fleets(root), [flags, script, profile]);
        // A fleet beside the manifest does follow them, and said that it does not.
        assert_eq!(config.unused_by_fleets(&root.join("w")), [profile]);
        // A build script that is told by one where its settings are took others, and nothing was said.
        std::fs::write(
            root.join("w/.cargo/config.toml"),
            "[env]\nHERE = { value = '', relative = true }\nTHERE = { value = 'x', relative = false }\nPLAIN = 'y'\n",
        )
        .unwrap();
        let paths = Config::load_in(&root.join("w"), Environment::of([("HOME", home.as_str())])).unwrap();
        let here =
            format!("`env.HERE = {{ relative = true, value = \"\" }}` of .cargo/config.toml is not followed: {GONE}.");
        assert_eq!(paths.unused(&["a"]), [here]);
        let platforms = "`build.target = [\"a\", \"b\"]` of .cargo/config.toml is not followed: the platforms are those of `dyrust import --target`.";
        assert_eq!(config.unused(&["a"]), [platforms, linker, runner]);
    }
}
