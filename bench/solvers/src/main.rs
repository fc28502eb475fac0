//! `dyrust-bench-solvers FLEET [EXPLANATIONS]`: asks pubgrub and resolvo for the lock of each program of a fleet, and holds the answers
//! against each other and against what the importer chose. Then it asks for each program with one of its packages in the lowest version
//! that there is, which is often impossible, and prints so many explanations of both.

mod measure;
mod question;
mod solvers;
mod with_pubgrub;
mod with_resolvo;

use std::error::Error;
use std::path::Path;

use dyrust_importer::PlatformRequest;
use dyrust_importer::fleet::questions::Questions;
use dyrust_importer::fleet::{Fleet, FleetFile, FleetOptions};
use dyrust_importer::source::progress::Silent;
use rustc_hash::FxHashMap;

use measure::{Tally, cpu, median, memory};
use question::{Asked, NodeId, Program, Version};
use solvers::{Outcome, SOLVERS};

/// How often each question is asked, in turn.
const ROUNDS: usize = 7;
/// How many questions with a pinned version are asked at most, about.
const PINNED: usize = 200;

type Packages = FxHashMap<NodeId, Version>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("dyrust-bench-solvers FLEET [EXPLANATIONS]")?;
    let explanations: usize = arguments.next().map_or(Ok(0), |count| count.parse())?;
    let file = FleetFile::read(Path::new(&path))?;
    let usual = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"].map(|target| PlatformRequest {
        target: target.to_owned(),
        host: None,
    });
    let platforms = if file.platforms.is_empty() {
        &usual[..]
    } else {
        &file.platforms
    };
    let fleet = Fleet::solve(&file, platforms, &FleetOptions::default(), &Silent)?;
    let questions = Questions::new(&fleet);
    let programs: Vec<Program<'_>> = (0..fleet.members.len())
        .map(|number| Program::new(questions.of(number)))
        .collect();
    println!("{path}: {} programs", programs.len());
    let found = as_they_are(&programs)?;
    pinned(&programs, &found, explanations)
}

/// What a solver says, with the packages of a solution.
fn ask(asked: &Asked<'_>, solver: usize) -> Result<Result<Packages, String>, String> {
    Ok(match SOLVERS[solver].1(asked, true) {
        Outcome::Solved(solution) => Ok(asked.program.packages(asked, &solution)?),
        Outcome::Unsolvable(why) => Err(why.unwrap_or_default()),
        // It is not proven that there is none, which the others would be held against.
        Outcome::GivenUp => return Err(format!("{} gave up", SOLVERS[solver].0)),
    })
}

/// Asks for each program as the importer does; what pubgrub finds is returned.
fn as_they_are(programs: &[Program<'_>]) -> Result<Vec<Option<Packages>>, Box<dyn Error>> {
    let mut found: Vec<Option<Packages>> = Vec::new();
    let mut tallies = [Tally::default(), Tally::default()];
    let (mut as_imported, mut equal) = (0, 0);
    for program in programs {
        let mut both = Vec::new();
        for (solver, tally) in tallies.iter_mut().enumerate() {
            let asked = Asked::new(program, None);
            let packages = ask(&asked, solver)?.ok();
            tally.count(program, asked.count(), packages.as_ref());
            both.push(packages);
        }
        as_imported += usize::from(both[0] == program.chosen());
        equal += usize::from(both[0] == both[1]);
        found.extend(both.drain(..1));
    }
    // Everything was asked once: what is measured now is the solvers' own.
    for _ in 0..ROUNDS {
        for (solver, (_, solve)) in SOLVERS.iter().enumerate() {
            tallies[solver].times.push(cpu(|| {
                for program in programs {
                    std::hint::black_box(solve(&Asked::new(program, None), false));
                }
            }));
        }
    }
    for ((name, solve), tally) in SOLVERS.iter().zip(&tallies) {
        let most = programs.iter().filter_map(|program| {
            memory(|| {
                std::hint::black_box(solve(&Asked::new(program, None), false));
            })
        });
        println!("{name}: {tally}");
        if let Some(most) = most.max() {
            println!("    {:.1} MB at most", most as f64 / 1e6);
        }
    }
    println!("pubgrub's lock is the importer's: {as_imported} programs; resolvo's is pubgrub's: {equal}");
    Ok(found)
}

/// Asks for programs with one of their packages in its lowest version.
fn pinned(programs: &[Program<'_>], found: &[Option<Packages>], explanations: usize) -> Result<(), Box<dyn Error>> {
    let all: usize = found.iter().flatten().map(FxHashMap::len).sum();
    let step = all / PINNED + 1;
    let mut tallies = [Tally::default(), Tally::default()];
    let mut reasons = [Vec::new(), Vec::new()];
    let mut times = [Vec::new(), Vec::new()];
    let (mut asked_for, mut solvable_by_one, mut equal) = (0_usize, 0, 0);
    let mut better = [0, 0];
    let mut explained = 0;
    let mut number = 0;
    for (program, packages) in programs.iter().zip(found) {
        let mut packages: Vec<(NodeId, Version)> = packages
            .iter()
            .flatten()
            .map(|(node, version)| (*node, *version))
            .collect();
        packages.sort_unstable();
        for (node, version) in packages {
            let Some(lowest) = program.lowest(node).filter(|lowest| *lowest != version) else {
                continue;
            };
            number += 1;
            if number % step != 0 {
                continue;
            }
            asked_for += 1;
            let mut both = Vec::new();
            for (solver, tally) in tallies.iter_mut().enumerate() {
                let asked = Asked::new(program, Some((node, lowest)));
                let outcome = ask(&asked, solver)?;
                tally.count(program, asked.count(), outcome.as_ref().ok());
                both.push(outcome);
                times[solver].push(cpu(|| {
                    std::hint::black_box(SOLVERS[solver].1(&Asked::new(program, Some((node, lowest))), false));
                }));
            }
            match (&both[0], &both[1]) {
                (Ok(first), Ok(second)) => {
                    equal += usize::from(first == second);
                    let far = [first, second].map(|packages| Tally::not_first(program, packages));
                    better[0] += usize::from(far[0] < far[1]);
                    better[1] += usize::from(far[1] < far[0]);
                }
                (Err(first), Err(second)) => {
                    if explained < explanations {
                        explained += 1;
                        println!(
                            "\n{} with {} {}\n--- pubgrub\n{first}\n--- resolvo\n{second}",
                            program.name(question::PROGRAM),
                            program.name(node),
                            program.label(node, lowest)
                        );
                    }
                    reasons[0].push(first.clone());
                    reasons[1].push(second.clone());
                }
                _ => solvable_by_one += 1,
            }
        }
    }
    println!(
        "with the lowest version of a package: {asked_for} questions, {} unsolvable",
        reasons[0].len()
    );
    println!("only one solver finds a lock: {solvable_by_one}; both find the same: {equal}");
    for (solver, (name, _)) in SOLVERS.iter().enumerate() {
        tallies[solver].times = vec![times[solver].iter().sum()];
        println!("{name}: {}", tallies[solver]);
        let slowest = times[solver].iter().copied().fold(0.0, f64::max);
        println!(
            "    slowest {:.1} ms; nearer to the preferred versions: {}",
            slowest * 1e3,
            better[solver]
        );
        let mut lines: Vec<f64> = reasons[solver]
            .iter()
            .map(|reason| reason.lines().count() as f64)
            .collect();
        let mut bytes: Vec<f64> = reasons[solver].iter().map(|reason| reason.len() as f64).collect();
        println!(
            "    explanations: {} lines and {} bytes in the middle, {} lines and {} bytes at most",
            median(&mut lines),
            median(&mut bytes),
            lines.last().copied().unwrap_or_default(),
            bytes.last().copied().unwrap_or_default()
        );
    }
    Ok(())
}
