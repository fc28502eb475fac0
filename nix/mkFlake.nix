# mkFlake { src, … }: all outputs of a workspace's flake:
#   packages      the programs by name, libNAME for the libraries of other languages, and `default`
#   apps          the same for `nix run`
#   checks        the programs, the members' tests, lints, documentation and its examples, and the format
#   devShells     `default`: a shell to work on the workspace with cargo; also for macOS, where it is all that there is, and without a graph
#   formatter     for `nix fmt`: cargo fmt
# More outputs: `mkFlake { … } // { … }`. What it is made of: buildGraph.
{ legacyPackages }:
{
  # The workspace's folder.
  src,
  # The graph; `dyrust import` writes it beside Cargo.lock.
  graph ? src + "/crate-graph.json",
  # Package sets by their system. Example: builtins.mapAttrs (system: _: import nixpkgs { inherit system; config.allowUnfree = true; }) nixpkgs.legacyPackages
  packageSets ? legacyPackages,
  # The systems; by default those that the graph was made for (all, before there is one), and that there are package sets for.
  systems ? import ./systemsOf.nix packageSets graph,
  # The program that `nix build` and `nix run` take if they are told nothing. Without it: the only program, or the root package's, else
  # all that the workspace has, in one folder.
  default ? null,
  # Another toolchain, or other parts of the package set, as a function of it: what `mkLib pkgs { … }` is given.
  # Example: pkgs: { rustc = pkgs.rust-bin.stable.latest.default; }
  toolchain ? _pkgs: { },
  # Further arguments of buildGraph, as a function of the package set. Example: pkgs: { testTools = [ pkgs.git ]; }
  arguments ? _pkgs: { },
}:
let
  outputs = import ./forSystems.nix {
    legacyPackages = packageSets;
    inherit systems;
  } outputsOf;
  outputsOf =
    lib:
    import ./workspaceOutputs.nix lib {
      inherit
        src
        graph
        default
        toolchain
        arguments
        ;
    };
in
# The names are known without the workspace: a flake that gives itself, `src = self`, is asked for them first.
{
  inherit (outputs)
    packages
    apps
    checks
    formatter
    legacyPackages
    ;
  devShells =
    builtins.mapAttrs (_system: pkgs: { default = import ./toolShell.nix pkgs (toolchain pkgs); }) (
      import ./onlyTools.nix packageSets
    )
    // outputs.devShells;
}
