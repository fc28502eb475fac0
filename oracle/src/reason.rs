//! Why a question is refused. Cargo and dyrust say it in words of their own, so each message is brought into one form: the kind of the
//! reason, and the names that it is about.

use std::collections::BTreeSet;

/// Why a question is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    kind: &'static str,
    names: BTreeSet<String>,
}

/// A kind of reason: what stands in Cargo's messages, and in dyrust's; before the names, if there are any.
struct Kind {
    name: &'static str,
    has_names: bool,
    cargo: &'static [&'static str],
    dyrust: &'static [&'static str],
}

const KINDS: [Kind; 10] = [
    Kind {
        name: "no such package",
        has_names: true,
        cargo: &["package ID specification `"],
        dyrust: &["`-p "],
    },
    Kind {
        name: "no such target",
        has_names: true,
        cargo: &["target named `"],
        dyrust: &[" named `"],
    },
    Kind {
        name: "no library",
        has_names: false,
        cargo: &["no library targets found in "],
        dyrust: &["none of the selected packages has a library"],
    },
    Kind {
        name: "features of packages that are no members",
        has_names: false,
        cargo: &["cannot specify features for packages outside of workspace"],
        dyrust: &["do not reach packages that are no members of the workspace"],
    },
    Kind {
        name: "required features",
        has_names: true,
        cargo: &["error: target `"],
        dyrust: &["the program `", "the example `", "the test `", "the benchmark `"],
    },
    Kind {
        name: "`dep:` on the command line",
        has_names: true,
        cargo: &["error: feature `dep:"],
        dyrust: &["`--features dep:"],
    },
    // Of several, Cargo and dyrust name one, not in the same order.
    Kind {
        name: "no such dependency of a feature",
        has_names: false,
        cargo: &["does not have a dependency named `"],
        dyrust: &["has no dependency `"],
    },
    Kind {
        name: "no such feature",
        has_names: true,
        cargo: &[
            "contain this feature: ",
            "contains this feature: ",
            "contain these features: ",
            "contains these features: ",
            "does not have feature `",
        ],
        dyrust: &["has the feature `", "has no feature `"],
    },
    Kind {
        name: "nothing is built by default",
        has_names: false,
        cargo: &["the workspace has no members"],
        dyrust: &[
            "no package is selected, and the workspace has none that is built by default",
            "the workspace has no members",
        ],
    },
    Kind {
        name: "no such profile",
        has_names: true,
        cargo: &["error: profile `"],
        dyrust: &["profile `"],
    },
];

impl Reason {
    /// What Cargo's message says, if it is of a kind that is known.
    pub fn of_cargo(message: &str) -> Option<Self> {
        // Before it may stand warnings, and for what it waits.
        let line = message.lines().find(|line| line.starts_with("error: "))?;
        Self::find(line, |kind| kind.cargo)
    }

    /// What dyrust's message says, if it is of a kind that is known.
    pub fn of_dyrust(message: &str) -> Option<Self> {
        Self::find(message.lines().next()?, |kind| kind.dyrust)
    }

    /// Do both say the same? Cargo may name several where dyrust names the first.
    pub fn is_that_of(&self, cargo: &Self) -> bool {
        self.kind == cargo.kind && self.names.is_subset(&cargo.names)
    }

    /// A reason from the first line of a message; the rest is advice, which may name anything.
    fn find(line: &str, starts: impl Fn(&Kind) -> &'static [&'static str]) -> Option<Self> {
        KINDS.iter().find_map(|kind| {
            let (start, rest) = starts(kind)
                .iter()
                .find_map(|start| Some((start, line.split_once(start)?.1)))?;
            let names = match start.contains('`') {
                _ if !kind.has_names => "",
                true => rest.split('`').next()?,
                false => rest,
            };
            Some(Self {
                kind: kind.name,
                names: names.split(", ").map(str::to_owned).collect(),
            })
        })
    }
}

/// Do both refuse for the same reason?
pub fn is_same(cargo: &str, dyrust: &str) -> bool {
    match (Reason::of_cargo(cargo), Reason::of_dyrust(dyrust)) {
        (Some(cargo), Some(dyrust)) => dyrust.is_that_of(&cargo),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn one_reason_in_two_words() {
        for (cargo, dyrust) in [
            (
                "error: package ID specification `part@9` did not match any packages\n\nhelp: a package with a similar name exists: `part`",
                "`-p part@9` fits no member of the workspace and no package that a member depends on: correct the name or version",
            ),
            (
                "error: no bin target named `first` in default-run packages\nhelp: available bin in `first` package:",
                "none of the selected packages has a program named `first`: there are second",
            ),
            (
                "error: the package 'left' does not contain this feature: right/extra",
                "none of the selected packages has the feature `right/extra`: correct the name, or select another package with `-p`",
            ),
            (
                "error: none of the selected packages contains these features: one, two",
                "none of the selected packages has the feature `two`: correct the name, or select another package with `-p`",
            ),
            (
                "error: package `a v0.1.0 (/a)` does not have feature `part`\n\nhelp: an optional dependency with that name exists",
                "package `a 0.1.0` has no feature `part`: it is an optional dependency that is turned on by other features, as `dep:` is used",
            ),
            (
                "error: package `a v0.1.0 (/a)` does not have a dependency named `part`",
                "package `a 0.1.0` has no dependency `part`, which the feature `part/extra` is of: correct the name",
            ),
            (
                "error: feature `dep:part` is not allowed to use explicit `dep:` syntax",
                "`--features dep:part`: `dep:` can't be used on the command line: name a feature that turns the dependency on",
            ),
            (
                "error: target `rich` in package `a` requires the features: `basic`, `extra`\nConsider enabling them",
                "the program `rich` of `a 0.1.0` needs the features `basic`, `extra`: add `--features basic,extra`",
            ),
            (
                "    Blocking waiting for file lock on package cache\nerror: no library targets found in package `a`",
                "none of the selected packages has a library: drop `--lib`, or select another package",
            ),
            (
                "error: cannot specify features for packages outside of workspace",
                "`--features`, `--all-features` and `--no-default-features` do not reach packages that are no members of the workspace: select one that is with `-p`, too",
            ),
            (
                "error: profile `nonesuch` is not defined",
                "profile `nonesuch` is not defined: use `release`, `dev`, or define [profile.nonesuch] in the workspace's manifest",
            ),
        ] {
            assert!(is_same(cargo, dyrust), "{cargo}\n{dyrust}");
        }
    }

    /// Both refused, each for something else, and that counted as equal.
    #[test]
    fn other_reasons_are_told() {
        let feature = "error: the package 'a' does not contain this feature: x";
        for dyrust in [
            "none of the selected packages has the feature `y`: correct the name",
            "none of the selected packages has a program named `x`: there are y",
            "Cargo.lock:3: no dependency of `a` in the lock fits `x = \"1\"`",
        ] {
            assert!(!is_same(feature, dyrust), "{dyrust}");
        }
        assert!(!is_same("error: failed to parse manifest", "failed to parse manifest"));
    }
}
