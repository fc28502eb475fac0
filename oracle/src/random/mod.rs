//! Random workspaces and questions: generated from a seed, asked of both, shrunk when the answers differ.

mod genome;
mod package;
mod targets;
mod world;

use std::path::{Path, PathBuf};

use dyrust_importer::Selection;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::cargo::{Cargo, CargoError};
use crate::{Outcome, ask};
use world::World;

/// The counts of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Workspaces.
    pub workspaces: usize,
    /// Workspaces that Cargo makes no lock for.
    pub without_lock: usize,
    /// Questions that both answered, equally.
    pub equal: usize,
    /// Questions that both reject.
    pub both_reject: usize,
    /// Questions that only Cargo rejects.
    pub cargo_rejects: usize,
    /// Units in the equal answers.
    pub units: usize,
}

impl Tally {
    /// Adds another run's counts.
    pub fn add(&mut self, other: &Self) {
        self.workspaces += other.workspaces;
        self.without_lock += other.without_lock;
        self.equal += other.equal;
        self.both_reject += other.both_reject;
        self.cargo_rejects += other.cargo_rejects;
        self.units += other.units;
    }

    /// Questions in all that Cargo was asked.
    pub fn questions(&self) -> usize {
        self.equal + self.both_reject + self.cargo_rejects
    }
}

/// A workspace on which the answers differ, after shrinking.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The seed that it came from.
    pub seed: u64,
    /// The shrunk workspace.
    pub world: Vec<(String, String)>,
    /// The question and the difference.
    pub text: String,
}

/// Asks about the workspace that `seed` means; `scratch` is a folder for it and for Cargo's notes.
///
/// # Errors
/// When Cargo can't be run or the folder can't be written.
pub fn run(seed: u64, scratch: &Path, host: &str) -> Result<Result<Tally, Box<Failure>>, CargoError> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let mut tree = genome::genomes()
        .new_tree(&mut runner)
        .map_err(|reason| CargoError::Format(format!("no workspace for seed {seed}: {reason}")))?;
    let world = World::new(&tree.current());
    let mut failure = match examine(&world, scratch, host)? {
        Examined::Fine(tally) => return Ok(Ok(tally)),
        Examined::Different(text) => (world, text),
    };
    // The usual walk: simpler as long as the answers still differ, a step back when they don't. Bounded, as each step runs Cargo.
    for _ in 0..150 {
        let world = World::new(&tree.current());
        let go_on = match examine(&world, scratch, host)? {
            Examined::Different(text) => {
                failure = (world, text);
                tree.simplify()
            }
            Examined::Fine(_) => tree.complicate(),
        };
        if !go_on {
            break;
        }
    }
    Ok(Err(Box::new(Failure {
        seed,
        world: failure.0.files.into_iter().collect(),
        text: failure.1,
    })))
}

enum Examined {
    Fine(Tally),
    Different(String),
}

fn examine(world: &World, scratch: &Path, host: &str) -> Result<Examined, CargoError> {
    let failed = |source| CargoError::Start {
        program: "a random workspace".to_owned(),
        source,
    };
    let folder = tempfile::tempdir_in(scratch).map_err(failed)?;
    // Without links on the way, as Cargo gives canonical paths.
    let root = folder.path().canonicalize().map_err(failed)?;
    world.write(&root).map_err(failed)?;
    let mut tally = Tally {
        workspaces: 1,
        ..Tally::default()
    };
    let cargo = Cargo {
        root: root.clone(),
        folder: root,
        target_directory: scratch.join("target"),
        // Its own, so that the threads don't wait for each other's lock of the package cache, which nothing here needs.
        home: Some(scratch.join("cargo-home")),
    };
    if !cargo.generate_lock()? {
        tally.without_lock = 1;
        return Ok(Examined::Fine(tally));
    }
    for (target, selection) in &world.questions {
        for outcome in ask(&cargo, selection, std::slice::from_ref(target), host)? {
            match outcome {
                Outcome::Compared(comparison) if comparison.is_equal() => {
                    tally.equal += 1;
                    tally.units += comparison.cargo_units;
                }
                Outcome::Compared(comparison) => {
                    let all: Vec<String> = comparison.differences.iter().take(6).map(ToString::to_string).collect();
                    return Ok(different(target, selection, &all.join("\n")));
                }
                Outcome::BothReject(_) => tally.both_reject += 1,
                Outcome::OtherReasons { cargo, dyrust } => {
                    let text = format!("cargo rejects: {cargo}\ndyrust rejects: {dyrust}");
                    return Ok(different(target, selection, &text));
                }
                Outcome::CargoRejects(_) => tally.cargo_rejects += 1,
                Outcome::DyrustRejects(message) => {
                    return Ok(different(target, selection, &format!("only dyrust rejects: {message}")));
                }
            }
        }
    }
    Ok(Examined::Fine(tally))
}

fn different(target: &str, selection: &Selection, text: &str) -> Examined {
    let arguments = crate::cargo::arguments(selection).join(" ");
    Examined::Different(format!("cargo build --target {target} {arguments}\n{text}"))
}

impl Failure {
    /// Writes the shrunk workspace below `folder`, so that it can be looked at and kept.
    ///
    /// # Errors
    /// The system's.
    pub fn write(&self, folder: &Path) -> std::io::Result<PathBuf> {
        let target = folder.join(format!("seed-{}", self.seed));
        for (path, text) in &self.world {
            let file = target.join(path);
            if let Some(parent) = file.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(file, text)?;
        }
        Ok(target)
    }
}
