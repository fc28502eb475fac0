//! Platforms: which `cfg` expressions hold for which target triple.
//!
//! The `cfg`s of the usual triples are part of the program (`data/targets.cfg`, made from rustc's own answers); for others rustc is asked.

mod rustc;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use cargo_platform::{Cfg, Platform as Expression};
use rustc_hash::FxHashMap;

use crate::bits::BitSet;
use crate::config::codegen_options;
use crate::intern::Symbol;
use crate::internal::position;
use crate::similar::did_you_mean;

pub(crate) use rustc::{UNSTABLE, rust_version};

/// The answers of rustc for the triples that are known in advance.
const TARGETS: &str = include_str!("../../data/targets.cfg");

/// Why a platform can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Error {
    #[error("target `{triple}` is not known to dyrust: {reason}: check the name (`rustc --print target-list`){near}")]
    UnknownTarget {
        triple: String,
        reason: String,
        near: String,
    },
    #[error(
        "which cfgs hold for {triple} with the flags `{flags}` of Cargo's configuration only rustc can tell: {reason}"
    )]
    Flags {
        triple: String,
        flags: String,
        reason: String,
    },
    #[error("rustc printed `{line}` for target `{triple}`, which is not a cfg: {reason}")]
    Malformed {
        triple: String,
        line: String,
        reason: String,
    },
    #[error(transparent)]
    Internal(#[from] crate::InternalError),
    #[error("{place}: `{expression}` is not a target triple or a cfg expression: {reason}")]
    Expression {
        place: String,
        expression: String,
        reason: String,
    },
}

/// A triple and what `cfg` is for it.
#[derive(Debug, Clone)]
pub struct CfgSet {
    /// The triple.
    pub triple: String,
    /// Its `cfg`s.
    cfgs: Vec<Cfg>,
}

impl CfgSet {
    /// The `cfg`s of a triple as rustc has them, with those that flags for rustc add. `unstable` is the value of `RUSTC_BOOTSTRAP`, with which
    /// a stable rustc takes unstable flags, and tells of unstable `cfg`s, too: rustc is asked then, as by Cargo.
    ///
    /// # Errors
    /// When the triple is neither known in advance nor to rustc, or rustc can't be asked.
    pub fn new(triple: &str, rustflags: &[String], unstable: Option<&str>) -> Result<Self, Error> {
        let (added, asks_rustc) = flags(rustflags);
        let mut cfgs = match known(triple).filter(|_| !asks_rustc && unstable.is_none()) {
            Some(section) => parse(triple, section)?,
            None => parse(triple, &rustc::print_cfg(triple, rustflags, unstable)?)?,
        };
        for text in added {
            let cfg = Cfg::from_str(text).map_err(|reason| Error::Malformed {
                triple: triple.to_owned(),
                line: text.to_owned(),
                reason: reason.to_string(),
            })?;
            if !cfgs.contains(&cfg) {
                cfgs.push(cfg);
            }
        }
        Ok(Self {
            triple: triple.to_owned(),
            cfgs,
        })
    }

    /// Does the key of a `[target.KEY]` table hold? False for keys that are neither a triple nor an expression.
    pub fn matches(&self, key: &str) -> bool {
        expression(key).is_ok_and(|expression| expression.matches(&self.triple, &self.cfgs))
    }
}

/// The section of a triple in the data.
fn known(triple: &str) -> Option<&'static str> {
    let start = TARGETS.find(&format!("\n[{triple}]\n"))? + triple.len() + 4;
    let section = &TARGETS[start..];
    Some(section.find("\n[").map_or(section, |end| &section[..end]))
}

/// The end of a message about an unknown triple: the one for Linux of what begins as one, such as a system as Nix names it, else a name like it.
fn near(name: &str) -> String {
    let architecture = name.strip_suffix("-linux").unwrap_or(name);
    let longer = [format!("{architecture}-unknown-linux-gnu"), format!("{name}-gnu")];
    if let Some(triple) = longer.iter().find(|triple| known(triple).is_some()) {
        return format!("; did you mean `{triple}`?");
    }
    let names = TARGETS
        .lines()
        .filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
    did_you_mean(name, names)
}

/// How flags begin that a stable rustc refuses.
const UNSTABLE_FLAG: &str = "-Z";

/// How many parentheses may be open in a `cfg` expression: its parser calls itself for each, and would run out of stack.
const DEPTH: usize = 100;
/// How many characters of an expression an error shows.
const SHOWN: usize = 200;

/// Reads a key of `[target]`: a triple or a `cfg` expression.
fn expression(key: &str) -> Result<Expression, String> {
    let mut open: usize = 0;
    for character in key.chars() {
        match character {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ => continue,
        }
        if open > DEPTH {
            return Err(format!("more than {DEPTH} parentheses are open"));
        }
    }
    Expression::from_str(key).map_err(|reason| reason.to_string())
}

fn parse(triple: &str, section: &str) -> Result<Vec<Cfg>, Error> {
    let lines = section.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            Cfg::from_str(line).map_err(|reason| Error::Malformed {
                triple: triple.to_owned(),
                line: line.to_owned(),
                reason: reason.to_string(),
            })
        })
        .collect()
}

/// The values of `--cfg`, and whether other flags may change what rustc prints.
fn flags(rustflags: &[String]) -> (Vec<&str>, bool) {
    let mut added = Vec::new();
    let mut flags = rustflags.iter().map(String::as_str);
    while let Some(flag) = flags.next() {
        if flag == "--cfg" {
            added.extend(flags.next());
        } else if let Some(value) = flag.strip_prefix("--cfg=") {
            added.push(value);
        }
    }
    let is_asked = |option: &str| {
        let key = option.split('=').next().unwrap_or_default();
        matches!(
            key,
            "target-cpu" | "target-feature" | "panic" | "debug-assertions" | "relocation-model" | "opt-level"
        )
    };
    let is_other = |flag: &String| flag.starts_with(UNSTABLE_FLAG) || flag.starts_with("-O");
    let asks_rustc = codegen_options(rustflags).any(is_asked) || rustflags.iter().any(is_other);
    (added, asks_rustc)
}

/// A position in [`Conditions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Condition(u32);

/// All keys of `[target.KEY]` tables that were met, each evaluated once for every triple in question.
#[derive(Debug, Clone)]
pub struct Conditions {
    triples: Vec<CfgSet>,
    known: FxHashMap<Symbol, Condition>,
    holds: Vec<BitSet>,
}

impl Conditions {
    /// For these triples; conditions are asked by their positions.
    pub fn new(triples: Vec<CfgSet>) -> Self {
        Self {
            triples,
            known: FxHashMap::default(),
            holds: Vec::new(),
        }
    }

    /// The condition of a key that was evaluated.
    pub(crate) fn known(&self, key: Symbol) -> Option<Condition> {
        self.known.get(&key).copied()
    }

    /// Evaluates a key.
    ///
    /// # Errors
    /// When the key is neither a triple nor a `cfg` expression.
    pub fn add(&mut self, key: Symbol, place: &str) -> Result<Condition, Error> {
        if let Some(condition) = self.known(key) {
            return Ok(condition);
        }
        let expression = expression(&key).map_err(|reason| Error::Expression {
            place: place.to_owned(),
            expression: key.chars().take(SHOWN).collect(),
            reason,
        })?;
        let mut holds = BitSet::default();
        for (triple_position, triple) in (0_u32..).zip(&self.triples) {
            if expression.matches(&triple.triple, &triple.cfgs) {
                holds.insert(triple_position);
            }
        }
        let condition = Condition(position(self.holds.len())?);
        self.holds.push(holds);
        self.known.insert(key, condition);
        Ok(condition)
    }

    /// Does a condition hold for the triple of this position?
    pub fn holds(&self, condition: Option<Condition>, triple: u32) -> bool {
        condition.is_none_or(|condition| self.holds[condition.0 as usize].contains(triple))
    }

    /// Does a condition hold for any of the triples?
    pub fn holds_anywhere(&self, condition: Option<Condition>) -> bool {
        condition.is_none_or(|condition| self.holds[condition.0 as usize].iter().next().is_some())
    }
}
