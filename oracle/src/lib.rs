//! The oracle: holds dyrust's units equal to those of `cargo build --unit-graph`.
//!
//! Cargo never takes part in an import; here, and only here, it is asked what it would have done. Both answers are brought into one
//! form ([`unit`]) and compared ([`compare`]).

pub mod arguments;
pub mod cargo;
pub mod compare;
pub mod difference;
pub mod fleet;
pub mod importer;
pub mod published;
pub mod random;
pub mod reason;
pub mod suite;
pub mod table;
pub mod unit;
pub mod written;

use std::path::Path;

use cargo::{Cargo, CargoError};
use compare::Comparison;
use dyrust_importer::Selection;

/// What came out of one question to both.
#[derive(Debug)]
pub enum Outcome {
    /// Both answered; the comparison may hold differences.
    Compared(Comparison),
    /// Cargo rejects the project or the selection and dyrust does so too, for the same reason: Cargo's message.
    BothReject(String),
    /// Both reject, each for another reason, or for one that is not known ([`reason`]).
    OtherReasons {
        /// Cargo's message.
        cargo: String,
        /// dyrust's message.
        dyrust: String,
    },
    /// Cargo rejects what dyrust accepts: Cargo's message. Not every check of Cargo's is one of the importer's.
    CargoRejects(String),
    /// dyrust rejects what Cargo accepts: its message. Always a fault.
    DyrustRejects(String),
}

impl Outcome {
    /// Did both give the same units?
    pub fn is_equal(&self) -> bool {
        matches!(self, Self::Compared(comparison) if comparison.is_equal())
    }
}

/// Asks Cargo and dyrust for the units of `selection` on each of `targets`, and compares; one outcome a target.
///
/// # Errors
/// When Cargo can't be run or speaks another format, so that nothing can be compared.
pub fn ask(cargo: &Cargo, selection: &Selection, targets: &[String], host: &str) -> Result<Vec<Outcome>, CargoError> {
    let ours = importer::unit_graphs(&cargo.folder, selection, targets, host);
    let mut outcomes = Vec::with_capacity(targets.len());
    for (index, target) in targets.iter().enumerate() {
        let theirs = match cargo.unit_graph(selection, target) {
            Ok(graph) => Ok(graph),
            Err(CargoError::Rejected { message }) => Err(message),
            Err(error) => return Err(error),
        };
        outcomes.push(match (theirs, &ours) {
            (Ok(theirs), Ok(ours)) => Outcome::Compared(compare::compare(&theirs, &ours[index])),
            (Err(message), Err(dyrust)) if reason::is_same(&message, dyrust) => Outcome::BothReject(message),
            (Err(cargo), Err(dyrust)) => Outcome::OtherReasons {
                cargo,
                dyrust: dyrust.clone(),
            },
            (Err(message), Ok(_)) => Outcome::CargoRejects(message),
            (Ok(_), Err(message)) => Outcome::DyrustRejects(message.clone()),
        });
    }
    Ok(outcomes)
}

/// The triple of the machine, as `rustc -vV` says it.
///
/// # Errors
/// [`CargoError::Start`] if rustc can't be run, [`CargoError::Format`] if it does not name its host.
pub fn host_triple(folder: &Path) -> Result<String, CargoError> {
    let program = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = std::process::Command::new(&program)
        .current_dir(folder)
        .arg("-vV")
        .output()
        .map_err(|source| CargoError::Start { program, source })?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .ok_or_else(|| CargoError::Format("rustc -vV names no host".to_owned()))
}
