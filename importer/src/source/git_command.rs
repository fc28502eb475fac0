//! Calls of the `git` program.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::Error;

/// Variables that would make git work on another repository than the one it is called for: those of `git rev-parse --local-env-vars`
/// but for the settings, and two more.
const MISLEADING: [&str; 15] = [
    "GIT_DIR",
    "GIT_COMMON_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_PREFIX",
    // Of git before 2.41.
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_NAMESPACE",
    "GIT_CEILING_DIRECTORIES",
];

/// Settings in variables, which count for remotes.
const SETTINGS: [&str; 3] = ["GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"];

/// The protocols that Cargo fetches by. For any other name git starts the program `git-remote-NAME`, whatever that is and does.
const PROTOCOLS: &str = "file:git:http:https:ssh";

/// Whose settings a call follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GitConfig {
    /// The user's: credentials, proxies, `insteadOf`. For talking to remotes.
    User,
    /// Nobody's, so that a checkout is the same on every machine.
    None,
}

/// Runs git in `folder` and returns what it printed; the outer error is that there is no git, the inner one what it complained about.
pub(super) fn git<S: AsRef<OsStr>>(
    folder: &Path,
    settings: GitConfig,
    arguments: impl IntoIterator<Item = S>,
) -> Result<Result<Vec<u8>, String>, Error> {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for variable in MISLEADING {
        command.env_remove(variable);
    }
    // A user who has such a program sets these himself.
    for (variable, value) in [
        ("GIT_ALLOW_PROTOCOL", PROTOCOLS),
        // Cargo's own limits: fewer than 10 bytes a second for 30 seconds is a remote that does not answer.
        ("GIT_HTTP_LOW_SPEED_LIMIT", "10"),
        ("GIT_HTTP_LOW_SPEED_TIME", "30"),
    ] {
        if std::env::var_os(variable).is_none() {
            command.env(variable, value);
        }
    }
    // Messages are matched and shown in English; nobody can answer a question where there is no terminal.
    command.env("LC_ALL", "C");
    if !std::io::stdin().is_terminal() {
        command.env("GIT_TERMINAL_PROMPT", "0");
    }
    if settings == GitConfig::None {
        command
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        for variable in SETTINGS {
            command.env_remove(variable);
        }
        command.args(["-c", "core.attributesFile=/dev/null", "-c", "core.hooksPath=/dev/null"]);
        // The owner of Cargo's database may be another user than this one; nothing of it but objects is read.
        command.args(["-c", "safe.directory=*", "-c", "advice.detachedHead=false"]);
    }
    command.args(arguments);
    let Output { status, stdout, stderr } = match command.output() {
        Ok(output) => output,
        Err(reason) => return Err(Error::NoGit { reason }),
    };
    if status.success() {
        return Ok(Ok(stdout));
    }
    let text = String::from_utf8_lossy(&stderr);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let said = lines
        .iter()
        .find(|line| line.starts_with("fatal:") || line.starts_with("error:"))
        .or(lines.last());
    Ok(Err(said.map_or_else(
        || format!("git ended with {status}"),
        |line| (*line).to_owned(),
    )))
}

/// What git does not know of a folder's files, and so no flake has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unknown {
    /// Those of the files asked about that are there, but not in git's index.
    pub files: Vec<String>,
    /// Does a `.gitignore`, or the like, name one of them? `git add` refuses it without `--force`.
    pub is_ignored: bool,
}

impl Unknown {
    /// Asks git about `files` of `folder`. Outside of a repository, and without git, nothing is unknown: a flake has all files then.
    #[must_use]
    pub fn of(folder: &Path, files: &[&str]) -> Self {
        let ask = |which: &[&str]| {
            // Names are names, whatever is in them; and no program that the repository's settings name is started.
            let question = [
                "--literal-pathspecs",
                "-c",
                "core.fsmonitor=false",
                "ls-files",
                "-z",
                "--others",
            ];
            let arguments = question.iter().chain(which).chain(&["--"]).chain(files);
            let answer = git(folder, GitConfig::User, arguments);
            let text = answer.ok().and_then(Result::ok).unwrap_or_default();
            let names = text.split(|byte| *byte == 0).map(String::from_utf8_lossy);
            names
                .filter(|name| !name.is_empty())
                .map(String::from)
                .collect::<Vec<_>>()
        };
        Self {
            files: ask(&[]),
            is_ignored: !ask(&["--ignored", "--exclude-standard"]).is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Libraries often have their lock ignored: what a flake is told to add has to name it, and git to be told to.
    #[test]
    fn what_git_does_not_know_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        for name in ["Cargo.toml", "Cargo.lock", "flake.nix"] {
            std::fs::write(inner.join(name), "").unwrap();
        }
        let files = ["flake.nix", "Cargo.lock", "Cargo.toml", "absent"];
        let asked = || Unknown::of(&inner, &files);
        assert_eq!(asked(), Unknown::default(), "there is no repository");
        git(folder.path(), GitConfig::None, ["init", "--quiet"])
            .unwrap()
            .unwrap();
        git(folder.path(), GitConfig::None, ["add", "inner/Cargo.toml"])
            .unwrap()
            .unwrap();
        let expected = |is_ignored| Unknown {
            files: ["Cargo.lock", "flake.nix"].map(str::to_owned).into(),
            is_ignored,
        };
        assert_eq!(asked(), expected(false));
        std::fs::write(folder.path().join(".gitignore"), "Cargo.lock\n").unwrap();
        assert_eq!(asked(), expected(true));
        git(folder.path(), GitConfig::None, ["add", "--force", "inner"])
            .unwrap()
            .unwrap();
        assert_eq!(asked(), Unknown::default(), "an ignored file that was added is known");
    }

    /// What git tells its hooks of their own repository, such as its shallow commits, was taken for those of the one that is fetched.
    #[test]
    fn nothing_leads_to_another_repository() {
        let found = git(Path::new("."), GitConfig::None, ["rev-parse", "--local-env-vars"]);
        let found = String::from_utf8(found.unwrap().unwrap()).unwrap();
        for variable in found.lines() {
            assert!(
                MISLEADING.contains(&variable) || SETTINGS.contains(&variable),
                "{variable}"
            );
        }
    }
}
