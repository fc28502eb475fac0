# debugInformation { pkgs } units: one folder lib/debug for all units that have a `debug` output.
{ pkgs }:
units:
let
  folders = map (unit: unit.debug) (builtins.filter (unit: unit ? debug) units);
in
if folders == [ ] then
  throw "dyrust: there is no debug information; call buildGraph with `debug = true`"
else
  pkgs.runCommand "debug-information" { inherit folders; } ''
    mkdir -p $out/lib/debug/.build-id
    for folder in $folders; do
      cp -rs --no-preserve=mode $folder/lib/debug/.build-id/. $out/lib/debug/.build-id/
    done
  ''
