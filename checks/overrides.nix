# Every override has the form that the builder wants, and the book names them all.
pkgs:
let
  overrides = import ../nix/overrides pkgs;
  names = builtins.attrNames overrides;
  book = builtins.readFile ../docs/native.md;
  isNamed = name: builtins.length (builtins.split "[ |]${name}[ ,]" book) > 1;
  isWhole =
    name:
    let
      override = overrides.${name};
    in
    builtins.all builtins.isAttrs (override.libraries ++ override.tools)
    && builtins.all builtins.isString (builtins.attrValues override.environment);
  wrong =
    map (name: "${name} is not in docs/native.md") (builtins.filter (name: !isNamed name) names)
    ++ map (name: "${name} is no list of packages and strings") (
      builtins.filter (name: !isWhole name) names
    );
in
pkgs.runCommand "check-overrides" { inherit wrong; } ''
  [ -z "$wrong" ] || {
    echo "nix/overrides: $wrong" >&2
    exit 1
  }
  touch $out
''
