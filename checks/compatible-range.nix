# compatible-range pkgs: what stands for a version in names and paths, so that they outlive its patches.
pkgs:
let
  compatibleRange = import ../nix/compatibleRange.nix;
  cases = {
    "2.7.4" = "2";
    "0.3.12+build" = "0.3";
    "0.0.7" = "0.0.7";
    "1.0.0-rc.1" = "1";
    "0.0.0" = "0.0.0";
  };
  wrong = builtins.filter (version: compatibleRange version != cases.${version}) (
    builtins.attrNames cases
  );
in
if wrong != [ ] then
  throw "dyrust: ${builtins.toJSON wrong}: not the ranges that were expected"
else
  pkgs.runCommand "check-compatible-range" { } "touch $out"
