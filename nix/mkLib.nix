# mkLib pkgs: dyrust's functions for one package set.
pkgs:
let
  needs = import ./requirements.nix pkgs;
  rustTarget = import ./rustTarget.nix;
  builder = import ./builder.nix { inherit needs; };
  libstd-rust = import ./libstd-rust.nix { inherit needs builder rustTarget; };
  toolchain = import ./toolchain.nix { inherit needs libstd-rust; };
  fetchSource = import ./fetchSource.nix { inherit (needs) fetchCrate fetchgit; };
  unit = import ./unit.nix {
    inherit (needs) system scriptTools;
    inherit builder toolchain;
  };
  buildGraph = import ./buildGraph.nix {
    inherit
      pkgs
      needs
      rustTarget
      fetchSource
      unit
      ;
  };
in
{
  inherit
    pkgs
    buildGraph
    builder
    libstd-rust
    toolchain
    ;
}
