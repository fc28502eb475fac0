# fixture { name, folder }: builds a folder of checks/ and compares its programs with what the folder says is expected.
#   expected          standard output of the one program; of several: a file `expected.NAME` for each
#   expected-needed, expected-closure   as inspect.nix writes them; `checks/regenerate --expected` makes them
#   arguments         the program's arguments, shell words
# Gives { check, inspected }.
lib:
{
  name,
  folder,
  # Where the expectations are, if not in the folder itself.
  expectations ? folder,
}:
let
  inherit (lib) pkgs;
  programs = (lib.buildGraph { src = folder; }).packages;
  names = builtins.attrNames programs;
  outputOf = program: if builtins.length names == 1 then "expected" else "expected.${program}";
  arguments =
    if builtins.pathExists (expectations + "/arguments") then
      builtins.readFile (expectations + "/arguments")
    else
      "";
  inspected = import ./inspect.nix pkgs {
    inherit name;
    programs = builtins.attrValues programs;
  };
  compare = file: actual: ''
    diff -u ${expectations}/${file} ${actual} || {
      echo "${name}: not as checks/${name}/${file} says" >&2
      exit 1
    }
  '';
  run = program: ''
    ${programs.${program}}/bin/${program} ${arguments} > stdout || {
      echo "${name}: ${program} failed with $?" >&2
      exit 1
    }
    ${compare (outputOf program) "stdout"}
  '';
in
{
  inherit inspected;
  check = pkgs.runCommand "check-${name}" { } ''
    ${builtins.concatStringsSep "" (map run names)}
    ${compare "expected-needed" "${inspected}/expected-needed"}
    ${compare "expected-closure" "${inspected}/expected-closure"}
    touch $out
  '';
}
