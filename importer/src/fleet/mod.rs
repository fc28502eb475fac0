//! A fleet: many programs, each with its own lock, resolved together so that they share their crates.
//!
//! The versions that may be chosen are those of the members' locks ([`candidates`]); [`choice`] is the rule for one dependency, [`walk`]
//! follows dependencies and features, [`solve`] falls back where versions don't fit. What comes out is a lock and a workspace of all
//! members, and both go the way of any other workspace. The rules and the file's keys stand in `docs/fleet.md`.

mod candidates;
mod cargo;
mod choice;
mod error;
mod explain;
mod file;
mod graph;
mod joint;
mod lock_text;
mod manifest_text;
mod member;
mod solve;
mod walk;
mod workspace;

pub use error::{Error, Problem};
pub use explain::{Asked, Chosen, Explanation};
pub use file::{FleetFile, Program, ProgramSource};
pub use joint::{Fleet, Joint};
pub use member::Member;
pub use workspace::PACKAGES;
