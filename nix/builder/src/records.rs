//! What the linker driver ([`crate::driver`]) tells the builder: it is another process, so it writes files.

use crate::failure::Result;
use crate::files;
use crate::hidden;
use crate::input::Input;
use crate::loaded::Libraries;
use std::path::{Path, PathBuf};

/// The files of one unit's build.
#[derive(Debug, Clone)]
pub struct Records {
    /// The foreign libraries that the unit's shared objects need.
    pub foreign: PathBuf,
    /// The store paths in the objects that were made unusable.
    pub hidden: PathBuf,
    /// The linker's arguments, one a line.
    pub arguments: PathBuf,
}

impl Records {
    /// Where they are in the folder of a build.
    #[must_use]
    pub fn of(top: &Path) -> Self {
        Self {
            foreign: top.join("foreign"),
            hidden: top.join("hidden"),
            arguments: top.join("link-arguments"),
        }
    }

    /// The foreign libraries that the unit's shared objects need; none if nothing was linked.
    ///
    /// # Errors
    /// If the record cannot be read.
    pub fn foreign(&self) -> Result<Libraries> {
        match self.foreign.exists() {
            true => Libraries::read(&self.foreign),
            false => Ok(Libraries::default()),
        }
    }

    /// The linker's arguments; nothing if nothing was linked.
    ///
    /// # Errors
    /// If the record cannot be read.
    pub fn arguments(&self) -> Result<Option<Vec<String>>> {
        if !self.arguments.exists() {
            return Ok(None);
        }
        let text = files::read_text(&self.arguments)?;
        Ok(Some(text.lines().map(str::to_owned).collect()))
    }

    /// Says which paths of tools the unit's code named.
    ///
    /// # Errors
    /// If the record cannot be read.
    pub fn say_hidden(&self, input: &Input) -> Result<()> {
        if self.hidden.exists() {
            let found = files::read_text(&self.hidden)?.lines().map(str::to_owned).collect();
            hidden::say(input, &found);
        }
        Ok(())
    }
}
