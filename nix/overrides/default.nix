# Native libraries for -sys crates: one file for each, named after the crate's `links` key (or, without one, the crate).
pkgs:
let
  files = builtins.filter (name: name != "default.nix" && builtins.match ".*\\.nix" name != null) (
    builtins.attrNames (builtins.readDir ./.)
  );
in
builtins.listToAttrs (
  map (file: {
    name = builtins.substring 0 (builtins.stringLength file - 4) file;
    value = import (./. + "/${file}") pkgs;
  }) files
)
