//! How long programs take to start and end.
//!
//! All commands are run in turn, again and again, so that whatever else the machine does hits them alike. The minimum is
//! what the command costs on an idle machine; the median is what one sees.

use std::process::{Command, Stdio};
use std::time::Instant;

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
    pub runs: usize,
}

/// Runs each command so many times, in turn.
pub fn time(commands: &[Timed], runs: usize) -> Result<Vec<Timing>> {
    let mut times: Vec<Vec<f64>> = commands.iter().map(|_| Vec::with_capacity(runs)).collect();
    // The first round fills the page cache and is not counted.
    for round in 0..=runs {
        for (timed, times) in commands.iter().zip(&mut times) {
            let microseconds = once(timed)?;
            if round > 0 {
                times.push(microseconds);
            }
        }
    }
    let results = commands.iter().zip(times).map(|(timed, mut times)| {
        times.sort_by(f64::total_cmp);
        let (minimum, median) = (times.first().copied(), times.get(times.len() / 2).copied());
        Timing {
            label: timed.label.clone(),
            minimum: minimum.unwrap_or_default(),
            median: median.unwrap_or_default(),
            runs: times.len(),
        }
    });
    Ok(results.collect())
}

fn once(timed: &Timed) -> Result<f64> {
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
        true => Ok(elapsed.as_secs_f64() * 1e6),
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
