# crate-address pkgs: where registries have their crates, by the `dl` of their configuration: Cargo's markers, and none.
pkgs:
let
  crateAddress = import ../nix/crateAddress.nix;
  address =
    template: name:
    crateAddress template {
      inherit name;
      version = "1.0.0";
      sha256 = "00ff";
    };
  cases = [
    [
      "https://r/api/crates"
      "serde"
      "https://r/api/crates/serde/1.0.0/download"
    ]
    [
      "https://r/{crate}/{crate}-{version}.crate"
      "serde"
      "https://r/serde/serde-1.0.0.crate"
    ]
    [
      "https://r/{prefix}/{sha256-checksum}"
      "Inflector"
      "https://r/In/fl/00ff"
    ]
    [
      "https://r/{lowerprefix}/{crate}"
      "Inflector"
      "https://r/in/fl/Inflector"
    ]
    [
      "https://r/{prefix}"
      "syn"
      "https://r/3/s"
    ]
    [
      "https://r/{prefix}"
      "ab"
      "https://r/2"
    ]
    [
      "https://r/{prefix}"
      "a"
      "https://r/1"
    ]
  ];
  found = case: address (builtins.elemAt case 0) (builtins.elemAt case 1);
  wrong = builtins.filter (case: found case != builtins.elemAt case 2) cases;

  # What the package set is asked for. nixpkgs' fetchCrate would take the markers for a part of an address.
  asked =
    package:
    import ../nix/fetchSource.nix
      {
        fetchCrate = arguments: { crate = arguments.pname; };
        fetchgit = _arguments: throw "no git";
        fetchurl = arguments: { inherit (arguments) url name; };
      }
      {
        src = null;
        memberSource = throw "no member";
        registries.own = "https://r/{crate}-{version}";
      }
      {
        package = package // {
          name = "part";
          version = "2.0.0";
          sha256 = "00ff";
        };
        forTests = false;
      };
in
if wrong != [ ] then
  throw "dyrust: ${
    builtins.toJSON (map (case: case ++ [ (found case) ]) wrong)
  }: template, crate, expected, found"
else if
  asked { registry = "own"; } != {
    url = "https://r/part-2.0.0";
    name = "part-2.0.0.tar.gz";
  }
  || asked { } != { crate = "part"; }
then
  throw "dyrust: of a registry of its own ${
    builtins.toJSON (asked {
      registry = "own";
    })
  } is fetched"
else
  pkgs.runCommand "check-crate-address" { } "touch $out"
