# fails { pkgs } { derivation, file }: passes if the build of a unit fails and says each line of the file, in that order.
# The unit's builder is run with the attributes that it was to have, by another program that looks at what it says.
{ pkgs }:
{ derivation, file }:
let
  watch = pkgs.writeShellScript "watch" ''
    set -eu
    export PATH=${pkgs.coreutils}/bin:${pkgs.gnugrep}/bin
    builder=$1 file=$2
    shift 2
    if "$builder" > "$NIX_BUILD_TOP/log" 2>&1; then
      echo "${derivation.name}: it was built, but should have failed" >&2
      exit 1
    fi
    cat "$NIX_BUILD_TOP/log"
    at=0
    while IFS= read -r line; do
      found=$(tail -n +$((at + 1)) "$NIX_BUILD_TOP/log" | grep -n -m 1 -F -e "$line" | cut -d : -f 1)
      [ -n "$found" ] || {
        echo "${derivation.name}: it does not say, or not in this place: $line" >&2
        exit 1
      }
      at=$((at + found))
    done < "$file"
    for output; do
      rm -rf "$output"
      touch "$output"
    done
  '';
  attributes = derivation.drvAttrs;
in
builtins.derivation (
  attributes
  // {
    name = "fails-${derivation.name}";
    builder = "${watch}";
    args = [
      attributes.builder
      "${file}"
    ]
    ++ map placeholder attributes.outputs;
  }
)
