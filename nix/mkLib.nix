# mkLib pkgs: dyrust's functions for one package set.
pkgs:
let
  needs = import ./requirements.nix pkgs;
  rustTarget = import ./rustTarget.nix;
  builder = import ./builder.nix { inherit needs; };
  libstd-rust = import ./libstd-rust.nix { inherit needs builder rustTarget; };
  toolchain = import ./toolchain.nix { inherit needs libstd-rust; };
  fetchSource = import ./fetchSource.nix { inherit (needs) fetchCrate fetchgit; };
  nodeInput = import ./nodeInput.nix {
    inherit toolchain;
    inherit (needs) scriptTools;
  };
  unit = import ./unit.nix {
    inherit (needs) system;
    inherit builder toolchain;
  };
  action = import ./action.nix {
    inherit (needs) system clippy;
    inherit builder;
  };
  buildGraph = import ./buildGraph.nix {
    inherit
      pkgs
      needs
      rustTarget
      fetchSource
      nodeInput
      unit
      action
      ;
  };
  buildFleet = import ./buildFleet.nix { inherit pkgs buildGraph; };
  linker = import ./linker.nix { inherit buildGraph; };
  mkImage = import ./mkImage.nix { inherit needs toolchain linker; };
  mkStatic = import ./mkStatic.nix { inherit mkImage; };
  mkContainer = import ./mkContainer.nix { inherit needs rustTarget linker; };
  mkInitrd = import ./mkInitrd.nix { inherit needs linker; };
in
{
  inherit
    pkgs
    buildGraph
    buildFleet
    mkImage
    mkStatic
    mkContainer
    mkInitrd
    builder
    linker
    libstd-rust
    toolchain
    ;
}
