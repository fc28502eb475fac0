//! The suites: what is compared, and what came out, for the tests and for the table in `docs/oracle.md`.

pub mod corpus;
pub mod fixtures;
pub mod git;
pub mod registries;
pub mod sources;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use dyrust_importer::Selection;

use crate::cargo::{Cargo, CargoError};
use crate::random::{self, Failure, Tally};
use crate::{Outcome, ask};

/// The platforms of the fixtures and the corpus.
pub const TARGETS: [&str; 4] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-msvc",
];

/// What came out for one project.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The project.
    pub name: String,
    /// Questions with equal answers.
    pub equal: usize,
    /// Questions that both reject.
    pub rejected: usize,
    /// Units in the largest answer.
    pub units: usize,
    /// What is wrong, if anything.
    pub failures: Vec<String>,
}

impl Row {
    /// A project of which nothing is known yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Adds the answer to one question.
    fn add(&mut self, question: &str, outcome: &Outcome) {
        let wrong = match outcome {
            Outcome::Compared(comparison) if comparison.is_equal() => {
                self.equal += 1;
                self.units = self.units.max(comparison.cargo_units);
                return;
            }
            Outcome::BothReject(_) => {
                self.rejected += 1;
                return;
            }
            Outcome::Compared(comparison) => {
                let first: Vec<String> = comparison.differences.iter().take(4).map(ToString::to_string).collect();
                first.join("\n")
            }
            Outcome::OtherReasons { cargo, dyrust } => format!("cargo rejects: {cargo}\ndyrust rejects: {dyrust}"),
            Outcome::CargoRejects(message) => format!("only cargo rejects: {message}"),
            Outcome::DyrustRejects(message) => format!("only dyrust rejects: {message}"),
        };
        self.failures.push(format!("{}: {question}\n{wrong}", self.name));
    }

    /// Asks each question about the project at `root` and adds the answers.
    fn ask(
        &mut self,
        root: &Path,
        questions: &[(String, Selection)],
        scratch: &Path,
        host: &str,
    ) -> Result<(), CargoError> {
        let cargo = Cargo {
            root: root.to_owned(),
            folder: root.to_owned(),
            target_directory: scratch.to_owned(),
            home: None,
        };
        for (target, selection) in questions {
            let question = format!("--target {target} {}", crate::cargo::arguments(selection).join(" "));
            for outcome in ask(&cargo, selection, std::slice::from_ref(target), host)? {
                self.add(&question, &outcome);
            }
        }
        Ok(())
    }
}

/// The three feature selections that every project is asked for.
pub fn feature_selections() -> [Selection; 3] {
    [
        Selection::default(),
        Selection {
            no_default_features: true,
            ..Selection::default()
        },
        Selection {
            all_features: true,
            ..Selection::default()
        },
    ]
}

/// Each of the three feature selections on each of the four platforms.
pub fn matrix() -> Vec<(String, Selection)> {
    TARGETS
        .iter()
        .flat_map(|target| feature_selections().map(|selection| ((*target).to_owned(), selection)))
        .collect()
}

/// Does the work on two threads, or as many as DYRUST_ORACLE_THREADS says, each with a scratch folder of its own; the results are in the order of the items.
///
/// # Errors
/// The first error of any item.
pub fn spread<T: Send, R: Send>(
    items: Vec<T>,
    work: impl Fn(T, &Path) -> Result<R, CargoError> + Sync,
) -> Result<Vec<R>, CargoError> {
    let queue = Mutex::new(items.into_iter().enumerate());
    let results = Mutex::new(Vec::new());
    let worker = || -> Result<(), CargoError> {
        let scratch = tempfile::tempdir().map_err(folder_error)?;
        loop {
            let next = queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
            let Some((index, item)) = next else {
                return Ok(());
            };
            let result = work(item, scratch.path())?;
            results
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .push((index, result));
        }
    };
    let threads = std::env::var("DYRUST_ORACLE_THREADS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(2_usize);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(worker)).collect();
        let panicked = || Err(CargoError::Format("a worker panicked".to_owned()));
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|_| panicked()))
    })?;
    let mut results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// An error of a suite's own files.
pub(crate) fn folder_error(source: std::io::Error) -> CargoError {
    CargoError::Start {
        program: "a suite's folder".to_owned(),
        source,
    }
}

/// Random workspaces: `cases` seeds from `first` on.
///
/// # Errors
/// When Cargo can't be run at all.
pub fn random(first: u64, cases: u64, host: &str) -> Result<(Tally, Vec<Failure>), CargoError> {
    let seeds = (first..first.saturating_add(cases)).collect();
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    // Three differences are enough to look at; each is shrunk, which takes its time.
    let different = AtomicUsize::new(0);
    let results = spread(seeds, |seed, scratch| {
        if different.load(Ordering::Relaxed) > 2 {
            return Ok(Ok(Tally::default()));
        }
        std::fs::create_dir_all(scratch.join("target")).map_err(folder_error)?;
        let result = random::run(seed, scratch, host)?;
        different.fetch_add(usize::from(result.is_err()), Ordering::Relaxed);
        Ok(result)
    })?;
    for result in results {
        match result {
            Ok(counts) => tally.add(&counts),
            Err(failure) => failures.push(*failure),
        }
    }
    Ok((tally, failures))
}
