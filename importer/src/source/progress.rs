//! How long work tells about itself.

/// Is told what goes on; every method may be called from several threads.
pub trait Progress: Sync {
    /// Work on `total` things begins; `doing` is like `downloading`.
    fn begin(&self, doing: &str, total: usize);
    /// One of them is done.
    fn step(&self, name: &str);
    /// The work is over.
    fn end(&self);
}

/// Says nothing.
#[derive(Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _doing: &str, _total: usize) {}
    fn step(&self, _name: &str) {}
    fn end(&self) {}
}
