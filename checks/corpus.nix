# corpus { lib, name, names, programOf }: real programs, each put through its smoke test. Too long for every change; `./nixw build .#corpus`
# runs it for the ten of packages/fleet.toml, resolved one by one, `.#fleet` for one resolution, `.#image` for the relinked fleet; `.#forty.FORM` for
# those of packages/forty.toml.
{
  lib,
  name ? "corpus",
  # The packages: each has a file NAME.sh in corpus/.
  names,
  # From a package's name to what has its programs in bin/.
  programOf,
}:
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
