# mkLibWith pkgs replacements: dyrust's functions for one package set, with some of what they take from it replaced.
pkgs: replacements:
let
  checked = import ./checked.nix;
  needs = import ./requirements.nix pkgs replacements;
  builder = import ./builder.nix { inherit needs; };
  libstd-rust = import ./libstd-rust.nix { inherit needs builder; };
  toolchain = import ./toolchain.nix { inherit needs libstd-rust; };
  fetchSource = import ./fetchSource.nix { inherit (needs) fetchCrate fetchgit fetchurl; };
  nodeInput = import ./nodeInput.nix {
    inherit toolchain;
    inherit (needs) scriptTools hardening;
    rustcVersion = needs.rustc.version or "";
  };
  unit = import ./unit.nix {
    inherit (needs) system;
    inherit builder toolchain;
  };
  action = import ./action.nix {
    inherit (needs) system clippy;
    inherit builder;
    emulator = if needs.isCross then pkgs.stdenv.hostPlatform.emulator needs.build else null;
  };
  programPackage = import ./programPackage.nix { inherit pkgs; };
  buildGraph = checked "buildGraph" (
    import ./buildGraph.nix {
      inherit
        pkgs
        needs
        fetchSource
        nodeInput
        unit
        action
        toolchain
        builder
        programPackage
        ;
    }
  );
  buildFleet = checked "buildFleet" (import ./buildFleet.nix { inherit pkgs buildGraph mkImage; });
  # It runs during builds, and is the one that the host's own programs are linked with.
  linker =
    if needs.isCross then
      (import ./mkLib.nix (needs.build.buildPackages or needs.build)).linker
    else
      import ./linker.nix { inherit buildGraph; };
  mkImage = checked "mkImage" (
    import ./mkImage.nix {
      inherit
        needs
        toolchain
        builder
        linker
        ;
    }
  );
  mkStatic = import ./mkStatic.nix { inherit mkImage; };
  mkContainer = checked "mkContainer" (import ./mkContainer.nix { inherit needs linker; });
  mkInitrd = checked "mkInitrd" (import ./mkInitrd.nix { inherit needs linker; });
in
if !(builtins.isAttrs pkgs && pkgs ? stdenv) then
  throw "dyrust: mkLib takes the package set of one system: mkLib nixpkgs.legacyPackages.x86_64-linux"
else if !(builtins.isAttrs replacements) || replacements ? outPath then
  throw "dyrust: mkLib pkgs takes a set of what is to be replaced: mkLib pkgs { rustc = …; }"
else
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
