//! From `dev` outputs to finished files: the last step, after [`Planned`].

use crate::error::Result;
use crate::link::Session;
use crate::link::options::Options;
use crate::planned::Planned;
use crate::report::Report;

impl Planned {
    /// Links all files and describes them.
    pub fn link(&self, options: &Options) -> Result<Report> {
        let Self {
            graph,
            runtime,
            tools,
            items,
            placement,
            form,
            ..
        } = self;
        let session = Session {
            form: *form,
            graph,
            runtime,
            items,
            placement,
            options,
            tools,
            linker: options.linker(&graph.sysroot)?,
        };
        let linked = session.link()?;
        Ok(Report::new(self, options, &linked))
    }
}
