//! What Cargo runs, as `cargo build -vv` prints it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use dyrust_oracle::cargo::Cargo;

/// Options whose value is the next word.
const WITH_NEXT_WORD: [&str; 11] = [
    "-C",
    "-L",
    "-l",
    "--cap-lints",
    "--cfg",
    "--check-cfg",
    "--crate-name",
    "--crate-type",
    "--extern",
    "--out-dir",
    "--target",
];

/// One program that Cargo starts: rustc or a build script.
#[derive(Debug, Default)]
pub struct Call {
    /// Its variables.
    pub variables: BTreeMap<String, String>,
    /// Flag and value, in order; those of `-C` have the name of what they set in the flag.
    pub flags: Vec<(String, String)>,
    /// The program.
    pub program: String,
}

impl Call {
    fn read(line: &str) -> Self {
        let mut call = Self::default();
        let mut words = words(line).into_iter();
        for word in words.by_ref() {
            match word.split_once('=') {
                Some((name, value)) if !name.contains('/') => {
                    call.variables.insert(name.to_owned(), value.to_owned());
                }
                _ => {
                    call.program = word;
                    break;
                }
            }
        }
        while let Some(word) = words.next() {
            // What is left is the crate root.
            if !word.starts_with('-') {
                continue;
            }
            let (flag, value) = if WITH_NEXT_WORD.contains(&word.as_str()) {
                (word, words.next().unwrap_or_default())
            } else if let Some(value) = word.strip_prefix("-C") {
                ("-C".to_owned(), value.to_owned())
            } else {
                let (flag, value) = word.split_once('=').unwrap_or((&word, ""));
                (flag.to_owned(), value.to_owned())
            };
            let (flag, value) = match value.split_once('=') {
                Some((name, value)) if flag == "-C" => (format!("-C {name}"), value.to_owned()),
                None if flag == "-C" => (format!("-C {value}"), String::new()),
                _ => (flag, value),
            };
            call.flags.push((flag, value));
        }
        call
    }

    /// The values of a flag.
    pub fn values(&self, flag: &str) -> Vec<&str> {
        let of_flag = self.flags.iter().filter(|(name, _)| name == flag);
        of_flag.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a flag that is given once at most.
    pub fn value(&self, flag: &str) -> Option<&str> {
        let values = self.values(flag);
        assert!(values.len() < 2, "{flag} twice: {self:?}");
        values.first().copied()
    }

    /// A variable that Cargo always sets.
    pub fn variable(&self, name: &str) -> &str {
        self.variables
            .get(name)
            .map_or_else(|| panic!("no {name}: {self:?}"), String::as_str)
    }

    /// The name of the crate that rustc compiles; none of a build script's run.
    pub fn crate_name(&self) -> Option<&str> {
        self.value("--crate-name")
    }
}

/// The words of a line as a shell reads it; Cargo quotes with single quotes alone.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut begun, mut quoted) = (String::new(), false, false);
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => (quoted, begun) = (!quoted, true),
            '\\' if !quoted => word.extend(letters.next()),
            ' ' if !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            letter => {
                word.push(letter);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// What Cargo runs in a release build of a project, with host and target apart.
pub fn calls(project: &Path, target: &str, scratch: &Path) -> Vec<Call> {
    // What calls this test is Cargo, too, and what it sets is not the user's.
    let ours: BTreeSet<String> = std::env::vars()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("CARGO_") && name != "CARGO_HOME" || name == "RUSTFLAGS")
        .collect();
    let mut command = Command::new(Cargo::program());
    command
        .current_dir(project)
        .args(["build", "--release", "--offline", "--locked", "-vv", "--color=never"]);
    command.args(["--target", target, "--target-dir"]).arg(scratch);
    for name in ours {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{}: {said}", project.display());
    // A variable may have several lines.
    let mut lines: Vec<String> = Vec::new();
    let mut open = false;
    for line in said.lines() {
        if open {
            let last = lines.last_mut().unwrap();
            last.push('\n');
            last.push_str(line);
        } else if let Some(begun) = line.trim_start().strip_prefix("Running `") {
            lines.push(begun.to_owned());
        } else {
            continue;
        }
        open = !lines.last().unwrap().ends_with('`');
    }
    lines
        .iter()
        .map(|line| Call::read(line.trim_end_matches('`')))
        .collect()
}

#[test]
fn lines_are_read_as_a_shell_does() {
    let call = Call::read(
        "A='' B='it'\\''s' /bin/rustc --cfg 'feature=\"x\"' -C lto -Copt-level=3 --edition=2021 src/lib.rs -l z",
    );
    assert_eq!((call.variable("A"), call.variable("B")), ("", "it's"));
    assert_eq!(call.program, "/bin/rustc");
    assert_eq!(call.value("--cfg"), Some("feature=\"x\""));
    assert_eq!(call.value("-C lto"), Some(""));
    assert_eq!(call.value("-C opt-level"), Some("3"));
    assert_eq!((call.value("--edition"), call.value("-l")), (Some("2021"), Some("z")));
}
