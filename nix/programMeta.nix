# programMeta { pkgs } { graph, package, name }: a program's `meta`, of what its manifest says, under nixpkgs' names.
{ pkgs }:
{
  graph,
  package,
  name,
}:
let
  # One line, as nixpkgs wants it.
  line =
    text:
    builtins.concatStringsSep " " (
      builtins.filter (part: builtins.isString part && part != "") (builtins.split "[ \n\t]+" text)
    );
  systems = {
    x86_64-unknown-linux-gnu = "x86_64-linux";
    aarch64-unknown-linux-gnu = "aarch64-linux";
  };
  targets = map (platform: platform.target) graph.platforms;
  homepage = package.homepage or package.repository or null;
in
{
  mainProgram = name;
  # What the graph was made for, and dyrust builds.
  platforms = map (target: systems.${target}) (
    builtins.filter (target: builtins.elem target targets) (builtins.attrNames systems)
  );
}
// (if package ? description then { description = line package.description; } else { })
// (if homepage == null then { } else { inherit homepage; })
// (
  if package ? license then
    { license = import ./license.nix (pkgs.lib or { }) package.license; }
  else
    { }
)
