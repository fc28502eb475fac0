//! How long programs take to start and end.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dyrust_report::start::in_turn;
use serde::Serialize;

use crate::error::{Error, Result};

/// A command to be timed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timed {
    /// What it is called in the result.
    pub label: String,
    /// The program and its arguments.
    pub words: Vec<String>,
}

impl Timed {
    /// Reads `LABEL=COMMAND WITH ARGUMENTS`, or a command alone, which is its own label.
    pub fn parse(text: &str) -> Result<Self> {
        let (label, command) = match text.split_once('=') {
            // A command may have `=` in its arguments; a label has no spaces or slashes.
            Some((label, command)) if !label.contains([' ', '/']) => (label, command),
            _ => (text, text),
        };
        let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if words.is_empty() {
            return Err(Error::Usage(format!("`{text}` holds no command")));
        }
        Ok(Self {
            label: label.to_owned(),
            words,
        })
    }
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timing {
    /// The label.
    pub label: String,
    /// Microseconds: the shortest run.
    pub minimum: f64,
    /// Microseconds: the run in the middle.
    pub median: f64,
    /// Runs.
    pub runs: u32,
}

/// Runs each command so many times, in turn.
pub fn time(commands: &[Timed], runs: u32) -> Result<Vec<Timing>> {
    let times = in_turn(commands, runs, once)?;
    let microseconds = |time: Duration| time.as_secs_f64() * 1e6;
    let timings = commands.iter().zip(times).map(|(timed, times)| Timing {
        label: timed.label.clone(),
        minimum: microseconds(times.minimum),
        median: microseconds(times.median),
        runs: times.runs,
    });
    Ok(timings.collect())
}

fn once(timed: &Timed) -> Result<Duration> {
    let (program, arguments) = timed
        .words
        .split_first()
        .map_or(("", [].as_slice()), |(first, rest)| (first.as_str(), rest));
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status();
    let elapsed = start.elapsed();
    let status = status.map_err(|source| Error::Spawn {
        program: program.to_owned(),
        source,
        help: "commands are given as PATH ARGUMENT…",
    })?;
    match status.success() {
        true => Ok(elapsed),
        false => Err(Error::Usage(format!("`{}` failed ({status})", timed.words.join(" ")))),
    }
}

/// A table; each command's times are also given as a multiple of the first one's.
pub fn text(timings: &[Timing]) -> String {
    let width = timings
        .iter()
        .map(|timing| timing.label.len())
        .max()
        .unwrap_or_default();
    let mut text = format!(
        "{:<width$}  {:>10}  {:>10}  {:>6}\n",
        "", "minimum µs", "median µs", "×"
    );
    for timing in timings {
        let factor = timings.first().map_or(1.0, |first| timing.minimum / first.minimum);
        let Timing {
            label, minimum, median, ..
        } = timing;
        text += &format!("{label:<width$}  {minimum:>10.0}  {median:>10.0}  {factor:>6.2}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_commands() {
        let timed = |text| Timed::parse(text).map(|timed| (timed.label, timed.words.len()));
        assert_eq!(timed("a=/bin/x --color=never").unwrap(), ("a".to_owned(), 2));
        assert_eq!(
            timed("/bin/x --color=never").unwrap(),
            ("/bin/x --color=never".to_owned(), 2)
        );
        assert!(timed("a=").is_err());
    }

    #[test]
    fn a_longer_command_takes_longer_and_a_failing_one_is_an_error() {
        let commands = ["short=sh -c exit", "long=sleep 0.02"].map(|text| Timed::parse(text).unwrap());
        let timings = time(&commands, 3).unwrap();
        assert!(
            timings[1].minimum > 20_000.0 && timings[0].minimum < timings[1].minimum,
            "{timings:?}"
        );
        assert_eq!(timings[0].runs, 3);
        assert!(time(&[Timed::parse("false").unwrap()], 1).is_err());
    }
}
