# fixture { name, folder }: builds a folder of checks/ and compares its programs with what the folder says is expected.
#   expected               standard output of the one program; of several: a file `expected.NAME` for each
#   needed, closure        as inspect.nix writes them, for the first program
#   arguments              the program's arguments, shell words
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
  single = builtins.length names == 1;
  has = file: builtins.pathExists (expectations + "/${file}");
  arguments = if has "arguments" then builtins.readFile (expectations + "/arguments") else "";
  inspected = import ./inspect.nix pkgs {
    inherit name;
    program = programs.${builtins.head names};
  };
  compare =
    file: actual:
    if has file then
      ''
        diff -u ${expectations + "/${file}"} ${actual} || {
          echo "${name}: not as checks/${name}/${file} says" >&2
          exit 1
        }
      ''
    else
      "";
  run = program: ''
    ${programs.${program}}/bin/${program} ${arguments} > stdout || {
      echo "${name}: ${program} failed with $?" >&2
      exit 1
    }
    ${compare (if single then "expected" else "expected.${program}") "stdout"}
  '';
in
pkgs.runCommand "check-${name}" { } ''
  ${builtins.concatStringsSep "" (map run names)}
  ${compare "needed" "${inspected}/needed"}
  ${compare "closure" "${inspected}/closure"}
  touch $out
''
