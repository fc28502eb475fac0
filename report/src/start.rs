//! Measures how long programs take to start.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Error;
use crate::model::Start;

/// Starts each program `runs` times with `--version`, one after the other in turn, so that what else the machine does
/// meets all of them alike; its time is from the call that starts it until its end.
///
/// # Errors
/// If a program cannot be started. How it ends does not matter: a program without `--version` has started all the same.
pub fn measure(programs: &[PathBuf], runs: u32) -> Result<Vec<Start>, Error> {
    let times = in_turn(programs, runs, |program| once(program))?;
    Ok(times.into_iter().map(start).collect())
}

/// How long something took, run by run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// The shortest run: what it costs on an idle machine.
    pub minimum: Duration,
    /// The run in the middle, or between the two in the middle: what one sees.
    pub median: Duration,
    /// Runs.
    pub runs: u32,
}

/// Does `once`, which says how long it took, with each of `what`, all in turn and again and again. The first round only brings files into
/// memory, and is not counted.
///
/// # Errors
/// The first of `once`.
pub fn in_turn<T, E>(what: &[T], runs: u32, mut once: impl FnMut(&T) -> Result<Duration, E>) -> Result<Vec<Times>, E> {
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); what.len()];
    for round in 0..=runs {
        for (what, times) in what.iter().zip(&mut times) {
            let time = once(what)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    Ok(times.into_iter().map(|times| summary(times, runs)).collect())
}

/// Zero all, if there were no runs.
fn summary(mut times: Vec<Duration>, runs: u32) -> Times {
    times.sort_unstable();
    let (before, after) = times.split_at(times.len() / 2);
    let upper = after.first().copied().unwrap_or_default();
    let median = match before.last() {
        Some(lower) if times.len().is_multiple_of(2) => (*lower + upper) / 2,
        _ => upper,
    };
    Times {
        minimum: times.first().copied().unwrap_or_default(),
        median,
        runs,
    }
}

fn once(program: &Path) -> Result<Duration, Error> {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let begin = Instant::now();
    let failed = |error: std::io::Error| Error::Start {
        program: program.to_owned(),
        message: error.to_string(),
    };
    command.spawn().map_err(failed)?.wait().map_err(failed)?;
    Ok(begin.elapsed())
}

/// In milliseconds.
fn start(times: Times) -> Start {
    let round = |time: Duration| (time.as_secs_f64() * 1_000_000.0).round() / 1000.0;
    Start {
        median: round(times.median),
        minimum: round(times.minimum),
        runs: times.runs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_minimum() {
        let of = |milliseconds: &[u64]| {
            let mut next = milliseconds.iter();
            // The first round does not count.
            let once = |_: &()| next.next().map(|time| Duration::from_millis(*time)).ok_or(());
            let times = in_turn(&[()], u32::try_from(milliseconds.len() - 1).unwrap(), once).unwrap();
            start(times[0])
        };
        let expected = |median, runs| Start {
            median,
            minimum: 1.0,
            runs,
        };
        assert_eq!(of(&[9, 3, 1, 2]), expected(2.0, 3));
        assert_eq!(of(&[9, 4, 1, 2, 3]), expected(2.5, 4));
    }

    #[test]
    fn every_program_is_started() {
        let own = std::env::current_exe().unwrap();
        // A test harness refuses `--version`, which counts as a start.
        let starts = measure(&[own.clone(), own], 2).unwrap();
        assert_eq!(starts.len(), 2);
        assert!(
            starts
                .iter()
                .all(|start| start.runs == 2 && start.minimum > 0.0 && start.median >= start.minimum)
        );
        let error = measure(&["/nonexistent".into()], 1).unwrap_err();
        assert!(matches!(error, Error::Start { .. }));
    }
}
