# joinOutputs { pkgs } name units: the files of several units in one folder. Of a unit that only compilers use (a proc macro) those are the
# ones for compiling.
{ pkgs }:
name: units:
pkgs.symlinkJoin {
  inherit name;
  paths = map (unit: if unit ? out then unit.out else unit.dev) units;
}
