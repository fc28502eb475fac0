# corpus { lib, name, programOf }: the real programs of packages/published.tsv, each put through its smoke test. Too long for every change;
# `./nixw build .#corpus` runs it for programs that were resolved one by one, `.#fleet` for one resolution, `.#image` for the relinked fleet.
{
  lib,
  name ? "corpus",
  # From a package's name to what has its programs in bin/.
  programOf,
}:
let
  scripts = builtins.filter (file: builtins.match ".*\\.sh" file != null) (
    builtins.attrNames (builtins.readDir ./corpus)
  );
  names = map (file: builtins.substring 0 (builtins.stringLength file - 3) file) scripts;
in
lib.pkgs.linkFarm name (
  builtins.concatMap (package: [
    {
      name = "smoke/${package}";
      path = import ./smoke.nix lib.pkgs package (programOf package);
    }
    {
      name = "programs/${package}";
      path = programOf package;
    }
  ]) names
)
