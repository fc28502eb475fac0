# The corpus: real programs as they are published, each built from its graph in packages/ and put through its smoke test. Too long for
# every change; `./nixw build .#corpus` runs it.
{ lib, packages }:
let
  scripts = builtins.filter (name: builtins.match ".*\\.sh" name != null) (
    builtins.attrNames (builtins.readDir ./corpus)
  );
  names = map (name: builtins.substring 0 (builtins.stringLength name - 3) name) scripts;
in
lib.pkgs.linkFarm "corpus" (
  builtins.concatMap (name: [
    {
      name = "smoke/${name}";
      path = import ./smoke.nix lib.pkgs name packages.${name};
    }
    {
      name = "programs/${name}";
      path = packages.${name};
    }
  ]) names
)
