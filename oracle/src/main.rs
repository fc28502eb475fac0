//! The command `dyrust-oracle`: are dyrust's units those of Cargo?
//!
//! Exit codes: 0 equal, 1 different, 2 no comparison was possible.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use dyrust::Selection;
use dyrust_oracle::cargo::{Cargo, workspace_root};
use dyrust_oracle::{Outcome, ask, host_triple, published};

/// Compares dyrust's units with those of `cargo build --unit-graph`: prints `equal`, or the first differences.
///
/// Exits with 0 if they are equal on every platform, 1 if not, 2 if no comparison was possible.
#[derive(Parser)]
#[command(name = "dyrust-oracle", version)]
#[allow(clippy::struct_excessive_bools)]
struct Arguments {
    /// Folder of a Cargo project.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// A published program, from Cargo's cache, in place of a folder.
    #[arg(long = "crate", value_name = "NAME@VERSION", conflicts_with = "path")]
    published: Option<String>,
    /// Platform to resolve for; may be given several times [default: those of `dyrust import`].
    #[arg(long, value_name = "TRIPLE")]
    target: Vec<String>,
    /// Package to build; may be given several times.
    #[arg(short, long, value_name = "SPEC")]
    package: Vec<String>,
    /// All members of the workspace.
    #[arg(long)]
    workspace: bool,
    /// The library only.
    #[arg(long)]
    lib: bool,
    /// One program; may be given several times.
    #[arg(long, value_name = "NAME")]
    bin: Vec<String>,
    /// All programs.
    #[arg(long)]
    bins: bool,
    /// All tests.
    #[arg(long)]
    tests: bool,
    /// All examples.
    #[arg(long)]
    examples: bool,
    /// All benchmarks.
    #[arg(long)]
    benches: bool,
    /// All targets.
    #[arg(long)]
    all_targets: bool,
    /// Features, separated by commas or spaces.
    #[arg(short = 'F', long, value_delimiter = ',')]
    features: Vec<String>,
    /// All features.
    #[arg(long)]
    all_features: bool,
    /// No default features.
    #[arg(long)]
    no_default_features: bool,
    /// The profile.
    #[arg(long, default_value = "release")]
    profile: String,
    /// How many differences are printed for each platform.
    #[arg(long, default_value_t = 10)]
    limit: usize,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("dyrust-oracle: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    let scratch = tempfile::tempdir()?;
    let folder = match &arguments.published {
        Some(package) => {
            let (name, version) = package
                .split_once('@')
                .ok_or_else(|| format!("--crate {package}: expected NAME@VERSION"))?;
            published::unpack(&published::crate_file(name, version)?, scratch.path())?
        }
        None => arguments.path.canonicalize()?,
    };
    let cargo = Cargo {
        root: workspace_root(&folder)?,
        folder: folder.clone(),
        target_directory: scratch.path().join("target"),
    };
    std::fs::create_dir_all(&cargo.target_directory)?;
    let mut targets = arguments.target.clone();
    if targets.is_empty() {
        targets = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"]
            .map(str::to_owned)
            .to_vec();
    }
    let outcomes = ask(&cargo, &selection(arguments), &targets, &host_triple(&folder)?)?;
    for (target, outcome) in targets.iter().zip(&outcomes) {
        match outcome {
            Outcome::Compared(comparison) if comparison.is_equal() => println!(
                "{target}: equal ({} units, {} dependencies)",
                comparison.cargo_units, comparison.edges
            ),
            Outcome::Compared(comparison) => {
                println!(
                    "{target}: {} differences ({} units in cargo, {} in dyrust)",
                    comparison.differences.len(),
                    comparison.cargo_units,
                    comparison.dyrust_units
                );
                for difference in comparison.differences.iter().take(arguments.limit) {
                    println!("{difference}");
                }
            }
            Outcome::BothReject(message) | Outcome::CargoRejects(message) => return Err(message.clone().into()),
            Outcome::DyrustRejects(message) => println!("{target}: dyrust rejects what cargo accepts: {message}"),
        }
    }
    if outcomes.iter().all(Outcome::is_equal) {
        println!("equal");
        return Ok(true);
    }
    Ok(false)
}

fn selection(arguments: &Arguments) -> Selection {
    Selection {
        published: None,
        packages: arguments.package.clone(),
        workspace: arguments.workspace,
        features: arguments.features.clone(),
        all_features: arguments.all_features,
        no_default_features: arguments.no_default_features,
        lib: arguments.lib,
        bins: arguments.bin.clone(),
        all_bins: arguments.bins,
        tests: arguments.tests,
        examples: arguments.examples,
        benches: arguments.benches,
        all_targets: arguments.all_targets,
        profile: Some(arguments.profile.clone()),
    }
}
