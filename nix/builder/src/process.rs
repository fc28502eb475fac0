//! Starts programs with exactly the environment that they are given, and shows what is run.

use crate::failure::{Failure, Result};
use crate::files;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A program to start.
#[derive(Debug, Clone)]
pub struct Call {
    program: PathBuf,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    folder: PathBuf,
    argument_file: Option<PathBuf>,
    is_shown: Cell<bool>,
}

/// What the system says of a command line that is too long (`E2BIG`).
const TOO_LONG: i32 = 7;

impl Call {
    /// A call of `program`, in `folder`, with an empty environment.
    #[must_use]
    pub fn new(program: &Path, folder: &Path) -> Self {
        Self {
            program: program.to_owned(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            folder: folder.to_owned(),
            argument_file: None,
            is_shown: Cell::new(false),
        }
    }

    /// Has arguments that are too many for the system written to this file, a line each, as rustc and rustdoc read them. Cargo does
    /// the same.
    pub fn argument_file(&mut self, file: PathBuf) -> &mut Self {
        self.argument_file = Some(file);
        self
    }

    /// Adds one argument.
    pub fn arg(&mut self, argument: impl Into<String>) -> &mut Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds an option and its value as two arguments.
    pub fn option(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.arg(name).arg(value)
    }

    /// Adds several arguments.
    pub fn args<T: Into<String>>(&mut self, arguments: impl IntoIterator<Item = T>) -> &mut Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Takes away an option with this value.
    pub fn without(&mut self, option: &str, value: &str) -> &mut Self {
        while let Some(at) = self
            .arguments
            .windows(2)
            .position(|words| words[0] == option && words[1] == value)
        {
            self.arguments.drain(at..at + 2);
        }
        self
    }

    /// Sets one variable.
    pub fn env(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// Sets several variables.
    pub fn envs(&mut self, variables: &BTreeMap<String, String>) -> &mut Self {
        self.environment
            .extend(variables.iter().map(|(name, value)| (name.clone(), value.clone())));
        self
    }

    /// The command line, quoted so that a shell would read it back.
    #[must_use]
    pub fn line(&self) -> String {
        let words = std::iter::once(self.program.to_string_lossy().into_owned()).chain(self.arguments.iter().cloned());
        words.map(|word| quoted(&word)).collect::<Vec<_>>().join(" ")
    }

    /// Prints the command line, as it can be pasted into a shell. A failure does not repeat it: what was said last is of more use there, as Nix
    /// shows the end of a log alone.
    pub fn show(&self) {
        eprintln!("{}", self.line_in_folder());
        self.is_shown.set(true);
    }

    fn line_in_folder(&self) -> String {
        format!("cd {} && {}", quoted(&self.folder.to_string_lossy()), self.line())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(&self.environment)
            .current_dir(&self.folder);
        command.stdin(Stdio::null());
        command
    }

    fn failure(&self, outcome: String) -> Failure {
        Failure::Command {
            command: (!self.is_shown.get()).then(|| self.line_in_folder()),
            outcome,
        }
    }

    /// Runs the program and returns what it printed, whether it succeeded or not.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn output(&self) -> Result<Output> {
        let output = match self.command().output() {
            Err(error) if error.raw_os_error() == Some(TOO_LONG) => match &self.argument_file {
                Some(file) => {
                    let mut short = self.clone();
                    // An argument of several lines would be several arguments.
                    if self.arguments.iter().any(|argument| argument.contains('\n')) {
                        return Err(self.failure(format!("an argument of several lines in a command line of {} arguments, which is too long for the system", self.arguments.len())));
                    }
                    files::write(file, self.arguments.join("\n").as_bytes())?;
                    short.arguments = vec![format!("@{}", file.display())];
                    short.argument_file = None;
                    short.command().output()
                }
                None => Err(error),
            },
            output => output,
        };
        output.map_err(|error| self.failure(format!("cannot start {}: {error}", self.program.display())))
    }

    /// Runs the program, which prints as it likes, and wants it to succeed.
    ///
    /// # Errors
    /// If it cannot be started or fails.
    pub fn run(&self) -> Result<()> {
        let status = self.command().status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(self.failed(&status)),
            Err(error) => Err(self.failure(format!("cannot start {}: {error}", self.program.display()))),
        }
    }

    /// Runs the program and returns its standard output.
    ///
    /// # Errors
    /// If it cannot be started or fails; what it printed is then part of the message.
    pub fn text(&self) -> Result<String> {
        let output = self.output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        Err(self.failed(&output.status))
    }

    /// The failure of a program that ended so.
    #[must_use]
    pub fn failed(&self, status: &std::process::ExitStatus) -> Failure {
        let name = self.program.file_name().unwrap_or_default().to_string_lossy();
        self.failure(format!("{name} failed ({status})"))
    }
}

/// A word as a shell needs it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environment_is_clean_and_lines_are_quoted() {
        // A sandbox has no /usr/bin.
        let path = std::env::var_os("PATH").unwrap();
        let env = std::env::split_paths(&path)
            .map(|folder| folder.join("env"))
            .find(|file| file.exists())
            .unwrap();
        let mut call = Call::new(&env, Path::new("/"));
        call.env("ONE", "1 2");
        assert_eq!(call.text().unwrap(), "ONE=1 2\n");
        let mut call = Call::new(Path::new("a"), Path::new("/"));
        call.args(["--cfg", "feature=\"x\"", "it's", ""]);
        assert_eq!(call.line(), "a --cfg 'feature=\"x\"' 'it'\\''s' ''");
    }

    /// A build script with 300,000 directives made a command line that the system refused.
    #[test]
    fn too_many_arguments_go_into_a_file() {
        let path = std::env::var_os("PATH").unwrap();
        let echo = std::env::split_paths(&path).map(|folder| folder.join("echo"));
        let echo = echo.into_iter().find(|file| file.exists()).unwrap();
        let file = crate::test_folder("too-many-arguments").join("arguments");
        let mut call = Call::new(&echo, Path::new("/"));
        call.args((0..300_000).map(|number| format!("--cfg=number{number}")));
        assert!(call.text().is_err());
        call.argument_file(file.clone());
        assert_eq!(call.text().unwrap(), format!("@{}\n", file.display()));
        assert_eq!(
            std::fs::read_to_string(&file).unwrap().lines().nth(299_999),
            Some("--cfg=number299999")
        );
    }

    #[test]
    fn failures_say_what_was_run() {
        let error = Call::new(Path::new("/nonexistent/rustc"), Path::new("/"))
            .text()
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("cannot start /nonexistent/rustc") && error.contains("command: cd / && "),
            "{error}"
        );
    }
}
