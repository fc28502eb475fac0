# store-name pkgs: names of packages and programs as names of store paths.
pkgs:
let
  storeName = import ../nix/storeName.nix;
  cases = {
    "ripgrep-14.1.1+build.5" = "ripgrep-14.1.1-build.5";
    "a program~1" = "a-program-1";
    "part_2?x=1" = "part_2?x=1";
  };
  wrong = builtins.filter (name: storeName name != cases.${name}) (builtins.attrNames cases);
in
if wrong != [ ] then
  throw "dyrust: ${builtins.toJSON wrong}: not the names of store paths that were expected"
else
  # The store has the last word.
  pkgs.runCommand (storeName "check-store-name of a program~1") { } "touch $out"
