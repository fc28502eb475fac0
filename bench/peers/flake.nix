# bench/peers/run copies this beside a project, with crate-graph.json, Cargo.nix (crate2nix), build-plan.json (unit2nix) and bare.json (dyrust's
# derivations: number → numbers of those below).
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  inputs.dyrust.url = "github:dyrust/dyrust";
  inputs.dyrust.inputs.nixpkgs.follows = "nixpkgs";

  # A folder with the others' Nix code: unit2nix and nixpkgs.
  inputs.others.url = "path:/others";
  inputs.others.flake = false;

  outputs =
    {
      nixpkgs,
      dyrust,
      others,
      ...
    }:
    let
      system = "x86_64-linux";
      pkgs = nixpkgs.legacyPackages.${system};
      built = (dyrust.lib.mkLib pkgs).buildGraph { src = ./.; };
      derivations = map (unit: unit.drvPath) (builtins.attrValues built.units);

      # A fork of nixpkgs may lack what the overrides of some crates name.
      otherPkgs = import "${others}/nixpkgs" {
        inherit system;
        config = { };
        overlays = [ (_: _: { defaultCrateOverrides = { }; }) ];
      };
      crate2nix = import ./Cargo.nix {
        pkgs = otherPkgs;
        nixpkgs = null;
      };
      unit2nix = import "${others}/unit2nix/lib/build-from-unit-graph.nix" {
        pkgs = otherPkgs;
        src = ./.;
        resolvedJson = ./build-plan.json;
      };
      crane = import ./crane.nix {
        inherit pkgs;
        crane = "${others}/crane";
        library = "${others}/library";
        tools = "${others}/tools";
        src = ./.;
      };
      # Derivations in a row that do nothing, with what compiles and links at hand: what Nix takes by itself for as many.
      nothing =
        count:
        builtins.foldl' (
          below: _:
          derivation {
            name = "nothing";
            inherit system below;
            src = ./.;
            inputs = [
              pkgs.rustc
              pkgs.stdenv.cc
              pkgs.stdenv.cc.bintools
            ];
            builder = "/bin/sh";
            args = [
              "-c"
              "echo > $out"
            ];
          }
        ) null (builtins.genList (number: number) count);
      bare =
        name: inputs:
        derivation {
          inherit name system inputs;
          builder = "/bin/sh";
        };
      floor = builtins.mapAttrs (
        number: below: bare "bare" ([ (bare "source" [ number ]) ] ++ map (other: floor.${other}) below)
      ) (builtins.fromJSON (builtins.readFile ./bare.json));
      # A string that needs all of them.
      forced = paths: builtins.hashString "sha256" (toString paths);
    in
    {
      program = built.default or (builtins.head (builtins.attrValues built.packages));
      derivations = builtins.toJSON derivations;
      inherit crane;
      # As many as a change in this member of the workspace of six builds one after the other.
      nothing = {
        leaf = nothing 4;
        middle = nothing 3;
        root = nothing 1;
      };
      evaluated = {
        packages = forced [ pkgs.rustc.drvPath ];
        otherPackages = forced (
          map (package: package.drvPath) [
            otherPkgs.stdenv
            otherPkgs.rustc
            otherPkgs.cargo
            otherPkgs.jq
          ]
        );
        dyrust = forced derivations;
        bare = forced (map (one: one.drvPath) (builtins.attrValues floor));
        crate2nix = forced [ (crate2nix.rootCrate or crate2nix.workspaceMembers.app).build.drvPath ];
        unit2nix = forced [ unit2nix.allWorkspaceMembers.drvPath ];
      };
    };
}
