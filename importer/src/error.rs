//! The importer's own error: one variant for each stage.

/// Why an import failed; each variant says where and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A stage that this build of the crate does not contain yet.
    #[error("{0}")]
    Unsupported(String),
}
