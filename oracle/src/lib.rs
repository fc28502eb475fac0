//! The oracle: holds dyrust's units equal to those of `cargo build --unit-graph`.
//!
//! Cargo never takes part in an import; here, and only here, it is asked what it would have done. Both answers are brought into one
//! form ([`unit`]) and compared ([`compare`]).

pub mod cargo;
pub mod compare;
pub mod difference;
pub mod published;
pub mod query;
pub mod unit;
