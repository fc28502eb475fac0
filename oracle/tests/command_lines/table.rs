//! What Cargo tells rustc and build scripts, by kind, and what becomes of it here. A flag or variable that stands in none of
//! these tables fails the test, and so does a value that differs where the table says that it is the graph's.

/// Who sees to a flag or variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The graph says it, and its value is compared.
    Graph,
    /// `nix/builder` sets it, to what a derivation has in place of Cargo's folders.
    Builder,
    /// It is known when a build script has run: the value is what the script printed.
    Script,
    /// Another value on purpose: a line of `docs/differences.md`.
    Different,
    /// It is about Cargo's own display or its files, and reaches no result.
    Cargo,
}

use Fate::{Builder, Cargo, Different, Graph, Script};

/// Flags of rustc.
pub const FLAGS: [(&str, Fate, &str); 32] = [
    ("--allow", Graph, "lints"),
    ("--warn", Graph, "lints"),
    ("--deny", Graph, "lints"),
    ("--forbid", Graph, "lints"),
    (
        "--cap-lints",
        Graph,
        "of packages that are not the user's; `warn` by -vv, else `allow`",
    ),
    (
        "--cfg",
        Graph,
        "features; what is more is the build script's or of Cargo's configuration",
    ),
    ("--check-cfg", Graph, "of the user's packages; lints of others are off"),
    ("--crate-name", Graph, "the target's name"),
    ("--edition", Graph, "the target's or the package's"),
    ("--extern", Graph, "the names of libraries"),
    (
        "-C codegen-units",
        Graph,
        "if it is stated; else 1 for libraries and 4 for programs",
    ),
    ("-C debug-assertions", Graph, "profile"),
    ("-C debuginfo", Graph, "profile"),
    ("-C opt-level", Graph, "profile"),
    ("-C overflow-checks", Graph, "profile"),
    ("-C panic", Graph, "profile"),
    ("--crate-type", Different, "a library is a dylib"),
    ("-C embed-bitcode", Builder, "there is no LTO"),
    ("-C linker-plugin-lto", Different, "LTO is off, with a notice"),
    ("-C lto", Different, "LTO is off, with a notice"),
    ("-C split-debuginfo", Different, "the output `debug`, with a notice"),
    (
        "-C strip",
        Different,
        "what goes into `out` is stripped, and keeps names as the profile says",
    ),
    (
        "--emit",
        Builder,
        "a derivation needs no dep-info and no early metadata",
    ),
    ("--out-dir", Builder, "an output"),
    ("--target", Builder, "where target and host differ"),
    ("-C extra-filename", Builder, "the unit's id"),
    ("-C metadata", Builder, "the unit's id"),
    (
        "-C prefer-dynamic",
        Builder,
        "Cargo gives it to macros, the builder to all",
    ),
    (
        "-L",
        Builder,
        "each library's own folder, and what the build script names",
    ),
    ("-l", Script, "native libraries"),
    ("-C link-arg", Script, "of programs"),
    (
        "--error-format",
        Cargo,
        "messages; --json, --diagnostic-width and --color as well",
    ),
];

/// Further flags of `Fate::Cargo`.
pub const DISPLAY: [&str; 3] = ["--json", "--diagnostic-width", "--color"];

/// Variables of rustc.
pub const COMPILING: [(&str, Fate, &str); 8] = [
    ("CARGO", Builder, "the toolchain's"),
    ("CARGO_BIN_NAME", Graph, "the program's name"),
    ("CARGO_CRATE_NAME", Graph, "the target's name"),
    ("CARGO_MANIFEST_DIR", Builder, "where the source is unpacked"),
    ("CARGO_MANIFEST_PATH", Builder, "where the source is unpacked"),
    ("CARGO_PRIMARY_PACKAGE", Graph, "packages that were asked for"),
    (
        "LD_LIBRARY_PATH",
        Cargo,
        "the toolchain's own libraries have their paths",
    ),
    ("OUT_DIR", Graph, "where there is a build script"),
];

/// The facts behind `CARGO_PKG_`: the graph has their values.
pub const FACTS: [&str; 15] = [
    "AUTHORS",
    "DESCRIPTION",
    "HOMEPAGE",
    "LICENSE",
    "LICENSE_FILE",
    "NAME",
    "README",
    "REPOSITORY",
    "RUST_VERSION",
    "VERSION",
    "VERSION_MAJOR",
    "VERSION_MINOR",
    "VERSION_PATCH",
    "VERSION_PRE",
    "VERSION_BUILD",
];

/// Variables of a build script's run; what ends with `_` is the beginning of a name.
pub const RUNNING: [(&str, Fate, &str); 20] = [
    ("CARGO", Builder, "the toolchain's"),
    (
        "CARGO_CFG_",
        Builder,
        "what rustc says of the target; CARGO_CFG_FEATURE are the features",
    ),
    ("CARGO_ENCODED_RUSTFLAGS", Graph, "the platform's flags"),
    ("CARGO_FEATURE_", Graph, "features"),
    (
        "CARGO_MAKEFLAGS",
        Cargo,
        "the jobserver: a derivation has its own number of jobs",
    ),
    ("CARGO_MANIFEST_DIR", Builder, "where the source is unpacked"),
    ("CARGO_MANIFEST_LINKS", Graph, "links"),
    ("CARGO_MANIFEST_PATH", Builder, "where the source is unpacked"),
    ("DEBUG", Graph, "profile"),
    ("DEP_", Script, "metadata of the build scripts below"),
    ("HOST", Graph, "platform"),
    ("LD_LIBRARY_PATH", Builder, "libraries that the script itself needs"),
    ("NUM_JOBS", Builder, "as many as Nix allows"),
    ("OPT_LEVEL", Graph, "profile"),
    ("OUT_DIR", Builder, "an output"),
    ("PROFILE", Graph, "`release` or `debug`"),
    ("RUSTC", Builder, "the toolchain's"),
    ("RUSTC_LINKER", Builder, "the linker that Cargo's configuration names"),
    ("RUSTDOC", Builder, "the toolchain's"),
    ("TARGET", Graph, "platform; of the host's units the host"),
];
