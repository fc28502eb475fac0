//! The `flake.nix` of a workspace, as the template has it.

/// Where dyrust is published; what a flake takes unless the user names another place.
pub(crate) const PUBLISHED: &str = "github:dyrust/dyrust";

/// The package set that dyrust itself is tested with.
const NIXPKGS: &str = "github:NixOS/nixpkgs/nixos-26.05";

/// A flake for the workspace in its own folder; `dyrust` is the URL of the flake that it takes dyrust from.
///
/// URLs, and never a name of a flake registry: Nix from 2.26 on asks no registry of the user's for what it locks.
pub(crate) fn text(dyrust: &str) -> String {
    format!(
        r#"{{
  description = "Rust programs that share their libraries";

  inputs.nixpkgs.url = "{NIXPKGS}";
  inputs.dyrust.url = {};
  inputs.dyrust.inputs.nixpkgs.follows = "nixpkgs";

  outputs = {{ dyrust, ... }}: dyrust.lib.mkFlake {{ src = ./.; }};
}}
"#,
        string(dyrust)
    )
}

/// Takes a flake's URL from the command line.
///
/// # Errors
/// If it is the name of an entry of a flake registry, or a path without a scheme, which a flake may mean otherwise than a shell.
pub(crate) fn url(text: &str) -> Result<String, String> {
    match text.split_once(':') {
        Some((scheme, rest)) if scheme != "flake" && !scheme.is_empty() && !rest.is_empty() => Ok(text.to_owned()),
        _ => Err(format!(
            "a URL is wanted, such as {PUBLISHED} or git+file:///a/checkout: Nix looks up no name of a flake registry for what it locks"
        )),
    }
}

/// A string as Nix reads it.
fn string(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nix_would_read_as_code_is_escaped() {
        let found = ["github:a/b", "path:/a${b}\"\\"].map(string);
        assert_eq!(found, ["\"github:a/b\"", r#""path:/a\${b}\"\\""#]);
    }

    #[test]
    fn a_name_of_a_registry_is_no_url() {
        assert_eq!(url("path:/a/checkout"), Ok("path:/a/checkout".to_owned()));
        assert_eq!(
            url("git+https://host/a?ref=b"),
            Ok("git+https://host/a?ref=b".to_owned())
        );
        for name in ["dyrust", "flake:dyrust", "/a/checkout", "path:", ""] {
            assert!(url(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_flake_is_short() {
        assert!(text(PUBLISHED).lines().count() <= 12);
    }
}
