//! Decides which packages and features take part: what Cargo's resolver and its feature resolver do for a lock that is complete.
//!
//! [`Universe`] finds the packages that are reached, round by round, because a manifest has to be read before it is known what it
//! depends on. [`Features`] then decides for one platform which features are on, for target and host apart where the resolver's version
//! says so. The rules are those of the Cargo book, chapters Features and Dependency Resolution.

mod circles;
mod edges;
mod error;
mod features;
mod load;
mod member_features;
mod reach;
mod selection;
mod states;
mod universe;

pub(crate) use edges::Matcher;
pub use error::Error;
pub(crate) use features::{BuiltPackages, position};
pub use features::{Features, FeaturesFor};
pub(crate) use load::{fetch_packages, request};
pub use selection::{MemberFeatures, Programs, Selected};
pub use universe::{Edge, Fetch, LoadedPackage, PlatformTriples, Provenance, ReadPackage, Remote, Universe};
