//! A fleet: many programs, each with its own lock, that share their crates.
//!
//! A program is what Cargo would build from some lock; which one, the fleet chooses ([`solve`]), so that as many programs as possible have
//! the same versions. The versions that may be chosen are those of the members' locks and of the registry's index ([`catalog`]);
//! [`program`] says what Cargo demands of a lock, and a solver finds one. [`unite`] finds out which features of each other programs
//! may have, and [`choose`] which they get. What comes out is a workspace with a lock for each program ([`program_workspace`]), and all of them go the
//! way of any other workspace. The rules and the file's keys stand in `docs/fleet.md`.

mod cargo;
mod catalog;
mod choose;
mod copy;
mod count;
mod edit;
mod error;
mod explain;
mod file;
mod graph;
mod ground;
mod grow;
mod joint;
mod lock_text;
mod lockable;
mod manifest_text;
mod member;
mod memory;
mod numbering;
mod patches;
mod preferences;
mod program;
mod program_workspace;
#[doc(hidden)]
pub mod questions;
mod requested;
mod solve;
mod suspects;
mod unite;
mod unsolvable;
mod write;

pub use catalog::{Compatibility, compatibility};
pub use edit::{Edited, FleetEdit, newest};
pub use error::{Error, Problem};
pub use explain::{Asked, ChosenVersion, Explanation, Shared};
pub use file::{FleetFile, Program, ProgramSource};
pub use joint::{Fleet, FleetOptions};
pub use member::Member;
pub use semver::Version;
pub use suspects::{Failed, Suspect};
