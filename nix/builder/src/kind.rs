//! What units are, and how they are linked, in the words of the graph.

/// What a unit is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// A library.
    #[default]
    Lib,
    /// A proc macro.
    ProcMacro,
    /// A build script, compiled and run.
    Build,
    /// A program.
    Bin,
    /// An example.
    Example,
    /// An integration test.
    Test,
    /// A benchmark.
    Bench,
    /// The standard library and the sysroot around it.
    Libstd,
}

impl Kind {
    /// Every kind.
    const ALL: [Self; 8] = [
        Self::Lib,
        Self::ProcMacro,
        Self::Build,
        Self::Bin,
        Self::Example,
        Self::Test,
        Self::Bench,
        Self::Libstd,
    ];

    /// As the graph writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lib => "lib",
            Self::ProcMacro => "proc-macro",
            Self::Build => "build",
            Self::Bin => "bin",
            Self::Example => "example",
            Self::Test => "test",
            Self::Bench => "bench",
            Self::Libstd => "libstd",
        }
    }

    /// The kind of this name.
    ///
    /// # Errors
    /// A sentence, if there is none.
    pub fn of_name(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| format!("unknown kind of unit `{name}`"))
    }
}

/// How a unit is linked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Linkage {
    /// Libraries as shared objects.
    #[default]
    Dylib,
    /// Libraries as static archives.
    Rlib,
}

impl Linkage {
    /// As the graph writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dylib => "dylib",
            Self::Rlib => "rlib",
        }
    }

    /// The linkage of this name.
    ///
    /// # Errors
    /// A sentence, if there is none.
    pub fn of_name(name: &str) -> Result<Self, String> {
        match name {
            "dylib" => Ok(Self::Dylib),
            "rlib" => Ok(Self::Rlib),
            _ => Err(format!("unknown linkage `{name}`")),
        }
    }
}
