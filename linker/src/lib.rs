//! Links the objects of dyrust's nodes again, without compiling anything.
//!
//! dyrust builds each crate once, as a dylib whose objects stay in the node's `dev` output. From those outputs this
//! crate makes programs of other shapes: `static` (one program with everything inside), `image` (a closed set of
//! programs that share a few objects), `grouped` (an object for each group of crates that the same programs use, so that
//! an update changes few of them) and `trim` (a dylib a crate, exporting only what the set uses). docs/relinker.md tells
//! the whole story.

pub mod c_library;
pub mod cache;
mod cc;
pub mod dynamic;
pub mod error;
pub mod graph;
pub mod item;
pub mod link;
pub mod measure;
pub mod node;
pub mod pack;
pub mod patch;
pub mod placement;
pub mod planned;
pub mod relink;
pub mod report;
pub mod runtime;
pub mod start;
pub mod symbols;
pub mod target;
