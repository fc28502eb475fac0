//! The `flake.nix` of a workspace, as the template has it.

/// Words that Nix does not take as names without quotes.
const KEYWORDS: [&str; 9] = ["assert", "else", "if", "in", "inherit", "let", "rec", "then", "with"];

/// A flake for the workspace in its own folder; `program` is what `nix run` and `nix build` take if they are told nothing.
pub fn text(program: Option<&str>) -> String {
    let packages = match program {
        Some(program) => format!(
            "workspace.packages // {{\n          default = workspace.packages.{};\n        }}",
            attribute(program)
        ),
        None => "workspace.packages".to_owned(),
    };
    format!(
        r#"{{
  description = "Rust programs that share their libraries";

  inputs.dyrust.url = "flake:dyrust";

  outputs =
    {{ dyrust, ... }}:
    dyrust.lib.forSystems (
      lib:
      let
        workspace = lib.buildGraph {{ src = ./.; }};
      in
      {{
        packages = {packages};
        checks = workspace.packages;
        devShells.default = workspace.devShell;
      }}
    );
}}
"#
    )
}

/// A name as it stands after a dot in Nix.
fn attribute(name: &str) -> String {
    let letter = |first: char| first.is_ascii_alphabetic() || first == '_';
    let plain = |other: char| letter(other) || other.is_ascii_digit() || "-'".contains(other);
    if name.starts_with(letter) && name.chars().all(plain) && !KEYWORDS.contains(&name) {
        return name.to_owned();
    }
    let escaped = name.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_nix_reads_otherwise_are_quoted() {
        let found = ["rg", "7z", "with", "a.b", "_x-1", "a${b}\"\\"].map(attribute);
        assert_eq!(
            found,
            ["rg", "\"7z\"", "\"with\"", "\"a.b\"", "_x-1", r#""a\${b}\"\\""#]
        );
    }

    #[test]
    fn a_flake_is_short_with_and_without_a_program() {
        assert!(text(Some("a")).lines().count() <= 25);
        let without = text(None);
        assert!(without.contains("packages = workspace.packages;\n"), "{without}");
    }
}
