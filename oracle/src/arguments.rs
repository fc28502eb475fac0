//! Cargo's flags of selection, as they are given on a command line.

use dyrust_importer::Selection;

#[derive(clap::Parser)]
#[command(no_binary_name = true)]
struct Line {
    #[command(flatten)]
    selection: Selection,
}

/// Reads flags as they would be written on a command line, words separated by white space.
///
/// # Errors
/// clap's message for unknown flags.
pub fn parse(line: &str) -> Result<Selection, String> {
    <Line as clap::Parser>::try_parse_from(line.split_whitespace())
        .map(|line| line.selection)
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
