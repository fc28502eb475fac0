//! Cargo's flags of selection, as they are given on a command line.

use dyrust_importer::Selection;

/// The flags of `cargo build` that decide which units there are.
#[derive(Debug, Clone, clap::Args)]
#[allow(clippy::struct_excessive_bools)]
pub struct SelectionArguments {
    /// Package to build; may be given several times.
    #[arg(short, long, value_name = "SPEC")]
    package: Vec<String>,
    /// All members of the workspace.
    #[arg(long)]
    workspace: bool,
    /// The library only.
    #[arg(long)]
    lib: bool,
    /// One program; may be given several times.
    #[arg(long, value_name = "NAME")]
    bin: Vec<String>,
    /// All programs.
    #[arg(long)]
    bins: bool,
    /// All tests.
    #[arg(long)]
    tests: bool,
    /// All examples.
    #[arg(long)]
    examples: bool,
    /// All benchmarks.
    #[arg(long)]
    benches: bool,
    /// All targets.
    #[arg(long)]
    all_targets: bool,
    /// Features, separated by commas.
    #[arg(short = 'F', long, value_delimiter = ',')]
    features: Vec<String>,
    /// All features.
    #[arg(long)]
    all_features: bool,
    /// No default features.
    #[arg(long)]
    no_default_features: bool,
    /// The profile.
    #[arg(long, default_value = "release")]
    profile: String,
}

impl From<SelectionArguments> for Selection {
    fn from(arguments: SelectionArguments) -> Self {
        Self {
            published: None,
            fleet: None,
            packages: arguments.package,
            workspace: arguments.workspace,
            features: arguments.features,
            all_features: arguments.all_features,
            no_default_features: arguments.no_default_features,
            lib: arguments.lib,
            bins: arguments.bin,
            all_bins: arguments.bins,
            tests: arguments.tests,
            with_tests: false,
            examples: arguments.examples,
            benches: arguments.benches,
            all_targets: arguments.all_targets,
            profile: Some(arguments.profile),
        }
    }
}

#[derive(clap::Parser)]
#[command(no_binary_name = true)]
struct Line {
    #[command(flatten)]
    selection: SelectionArguments,
}

/// Reads flags as they would be written on a command line, words separated by white space.
///
/// # Errors
/// clap's message for unknown flags.
pub fn parse(line: &str) -> Result<Selection, String> {
    <Line as clap::Parser>::try_parse_from(line.split_whitespace())
        .map(|line| line.selection.into())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_survive_the_way_to_cargo() {
        let line =
            "--profile=dev --workspace --tests --no-default-features --package=a --bin=b --features=x --features=y/z";
        let selection = parse(line).unwrap();
        assert_eq!(crate::cargo::arguments(&selection).join(" "), line);
        assert!(parse("--no-such-flag").is_err());
        assert_eq!(parse("").unwrap().profile(), "release");
    }
}
