//! Measures how long programs take to start.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Error;
use crate::model::Start;

/// Starts each program `runs` times with `--version`, one after the other in turn, so that what else the machine does
/// meets all of them alike; its time is from the call that starts it until its end.
///
/// # Errors
/// If a program cannot be started. How it ends does not matter: a program without `--version` has started all the same.
pub fn measure(programs: &[PathBuf], runs: u32) -> Result<Vec<Start>, Error> {
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); programs.len()];
    // The first round only brings the files into memory.
    for round in 0..=runs {
        for (program, times) in programs.iter().zip(&mut times) {
            let time = once(program)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    Ok(times.into_iter().map(summary).collect())
}

fn once(program: &Path) -> Result<f64, Error> {
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
    Ok(begin.elapsed().as_secs_f64() * 1000.0)
}

fn summary(mut times: Vec<f64>) -> Start {
    times.sort_by(f64::total_cmp);
    let middle = times.len() / 2;
    let at = |index: usize| times.get(index).copied().unwrap_or_default();
    let median = if times.len().is_multiple_of(2) {
        (at(middle.wrapping_sub(1)) + at(middle)) / 2.0
    } else {
        at(middle)
    };
    let round = |value: f64| (value * 1000.0).round() / 1000.0;
    Start {
        median: round(median),
        minimum: round(at(0)),
        runs: u32::try_from(times.len()).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_minimum() {
        assert_eq!(
            summary(vec![3.0, 1.0, 2.0]),
            Start {
                median: 2.0,
                minimum: 1.0,
                runs: 3
            }
        );
        assert_eq!(
            summary(vec![4.0, 1.0, 2.0, 3.0]),
            Start {
                median: 2.5,
                minimum: 1.0,
                runs: 4
            }
        );
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
