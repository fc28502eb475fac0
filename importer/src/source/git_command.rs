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

#[cfg(test)]
mod tests {
    use super::*;

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
