# Native libraries for -sys crates: one file for each, named after the crate's `links` key (or, without one, after the crate).
# Each names packages of the package set, under nixpkgs' names: `libraries` are found by pkg-config, `runtimeLibraries` by the program while it runs, `tools` are on the build script's
# PATH, `environment` (a function of the package set) is set for it. A package that the set does not have is left out: the crate then compiles its own, or says what
# it misses.
pkgs:
let
  files = builtins.filter (name: name != "default.nix" && builtins.match ".*\\.nix" name != null) (
    builtins.attrNames (builtins.readDir ./.)
  );
  # What runs during builds.
  build = pkgs.buildPackages or pkgs;
  present = set: builtins.concatMap (name: if set ? ${name} then [ set.${name} ] else [ ]);
  load =
    file:
    let
      override = import (./. + "/${file}");
    in
    override
    // {
      libraries = present pkgs override.libraries;
      runtimeLibraries = present pkgs (override.runtimeLibraries or [ ]);
      tools = present build override.tools;
      environment = if override ? environment then override.environment pkgs else { };
    };
in
builtins.listToAttrs (
  map (file: {
    name = builtins.substring 0 (builtins.stringLength file - 4) file;
    value = load file;
  }) files
)
