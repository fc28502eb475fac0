# The flake's checks: the fixtures, ripgrep's smoke test, what a user's flake offers as checks, and rules that no fixture shows.
{ lib, packages }:
let
  fixtures = import ./fixtures lib;
  sampleChecks = (lib.buildGraph { src = ../templates/default; }).checks;
  named =
    prefix: checks:
    map (name: {
      name = "${prefix}-${name}";
      value = checks.${name};
    }) (builtins.attrNames checks);
in
builtins.mapAttrs (_name: fixture: fixture.check) fixtures
// builtins.listToAttrs (
  named "sample" sampleChecks
  ++ builtins.concatMap (name: named name fixtures.${name}.checks) (builtins.attrNames fixtures)
)
// import ./toolchains.nix lib
// {
  ripgrep = import ./smoke.nix lib.pkgs "ripgrep" packages.ripgrep;
  inherit (packages) book;
  relinked-grouped = import ./relinked.nix lib "grouped";
  relinked-image = import ./relinked.nix lib "image";
  relinked-separate = import ./relinked.nix lib "separate";
  relinked-static = import ./relinked.nix lib "static";
  relinked-trim = import ./relinked.nix lib "trim";
  builder = import ./builder.nix lib.pkgs;
  library-for-c = import ./c-library.nix lib;
  importer = import ./importer.nix lib;
  hardening = import ./hardening.nix lib;
  format = import ./format.nix {
    inherit (lib) pkgs;
    nixfmt = packages.nixfmt_rs;
  };
  auditable = import ./auditable lib;
  budget = import ./budget.nix lib;
  compatible-range = import ./compatible-range.nix lib.pkgs;
  crate-address = import ./crate-address.nix lib.pkgs;
  dev-shell-cargo = import ./dev-shell.nix lib;
  darwin = import ./darwin.nix lib.pkgs;
  debug-information = import ./debug-information.nix lib;
  documentation = import ./documentation.nix lib;
  fleet-folders = import ./fleet-folders.nix lib fixtures;
  flake-module = import ./flake-module.nix lib;
  main-stack = import ./main-stack.nix lib;
  nixos-module = import ./nixos-module.nix lib;
  open-groups = import ./open-groups.nix lib;
  overrides = import ./overrides.nix lib.pkgs;
  package-set = import ./package-set.nix lib.pkgs;
  packaging = import ./packaging.nix lib;
  packed = import ./packed.nix lib;
  patched-source = import ./patched-source.nix lib.pkgs;
  member-source = import ./member-source lib.pkgs;
  store-name = import ./store-name.nix lib.pkgs;
  siblings = import ./siblings.nix lib;
  staleness = import ./staleness.nix lib.pkgs;
  workspace-format = import ./workspace-format lib.pkgs;
  without-std = import ./without-std.nix lib.pkgs;
}
