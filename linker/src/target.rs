//! What has to be known of a target triple to read and write its objects.

use object::Architecture;
use object::elf;

use crate::error::{Error, Result};

/// A target that can be linked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The triple, as rustc knows it.
    pub triple: String,
    /// `e_machine` of its objects.
    pub machine: u16,
    /// The same as the `object` crate names it.
    pub architecture: Architecture,
}

impl Target {
    /// Looks a triple up.
    pub fn new(triple: &str) -> Result<Self> {
        let (machine, architecture) = match triple.split('-').next() {
            Some("x86_64") => (elf::EM_X86_64, Architecture::X86_64),
            Some("aarch64") => (elf::EM_AARCH64, Architecture::Aarch64),
            _ => {
                return Err(Error::Usage(format!(
                    "target `{triple}` is not supported: dyrust-link links ELF programs for x86_64 and aarch64"
                )));
            }
        };
        Ok(Self {
            triple: triple.to_owned(),
            machine,
            architecture,
        })
    }

    /// The machine's name, for messages.
    pub fn expectation(&self) -> String {
        format!("a 64-bit little-endian ELF object for {}", self.triple)
    }
}
