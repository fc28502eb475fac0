# crane's packages of a project, for bench/peers: { sources, dependencies, program }. crane's own Nix code and scripts, with what they ask of nixpkgs and the
# machine's package set has not.
{
  # The machine's package set, whose toolchain dyrust builds with, too.
  pkgs,
  # Checkouts of crane and of nixpkgs' library, and a folder with jq and zstd in bin.
  crane,
  library,
  tools,
  src,
}:
let
  lib = import library;

  # With nixpkgs' runHook, which calls what set-up hooks have added as well; and crane's scripts ask for variables that are not set.
  builder = builtins.toFile "builder.sh" ''
    . "$stdenv/setup"
    runHook() {
      local list="''${1}Hooks[@]" hook
      for hook in "''${!list}"; do
        "$hook"
      done
      if declare -F "$1" >/dev/null; then
        "$1"
      elif [ -n "''${!1:-}" ]; then
        eval "''${!1}"
      fi
    }
    set +u
    genericBuild
  '';
  mkDerivation =
    attributes:
    pkgs.stdenv.mkDerivation (
      {
        args = [
          "-e"
          builder
        ];
      }
      // builtins.removeAttrs attributes [ "env" ]
      // attributes.env or { }
      // {
        # Set-up hooks call programs while they are read.
        nativeBuildInputs = pkgs.stdenv.initialPath ++ attributes.nativeBuildInputs or [ ];
      }
    );
  makeSetupHook =
    {
      name,
      substitutions ? { },
    }:
    script:
    let
      names = builtins.attrNames substitutions;
    in
    pkgs.runCommand name
      {
        text = builtins.replaceStrings (map (variable: "@${variable}@") names) (map (
          variable: substitutions.${variable}
        ) names) (builtins.readFile script);
      }
      ''
        mkdir -p $out/nix-support
        printf '%s\n' "$text" > $out/nix-support/setup-hook
      '';

  # TOML has JSON's strings and lists, and tables in one line. A derivation is its path.
  toToml =
    value:
    if builtins.isAttrs value && !value ? outPath then
      "{${
        builtins.concatStringsSep ", " (
          lib.mapAttrsToList (name: inner: "${builtins.toJSON name} = ${toToml inner}") value
        )
      }}"
    else if builtins.isList value then
      "[${builtins.concatStringsSep ", " (map toToml value)}]"
    else
      builtins.toJSON value;
  writeTOML =
    name: contents:
    pkgs.writeText name (
      builtins.concatStringsSep "" (
        lib.mapAttrsToList (key: value: "${builtins.toJSON key} = ${toToml value}\n") contents
      )
    );

  nativeOnly = scope: lib.makeScope newScope scope;
  newScope = extra: lib.callPackageWith (packages // extra);
  packages =
    builtins.removeAttrs pkgs [ "callPackage" ]
    // {
      inherit
        lib
        makeSetupHook
        newScope
        ;
      # Of the platforms crane asks whether they are the same, attribute by attribute.
      stdenv =
        pkgs.stdenv
        // {
          inherit mkDerivation;
        }
        //
          lib.genAttrs
            [
              "buildPlatform"
              "hostPlatform"
              "targetPlatform"
            ]
            (_: {
              inherit (pkgs.stdenv.hostPlatform) system isDarwin isAarch64;
            });
      # A published crate, as dyrust's import has put it into the store.
      fetchurl =
        {
          name,
          url,
          sha256,
        }:
        let
          parts = builtins.match "cargo-src-(.+)-([0-9]+[.][0-9]+[.][0-9]+.*)" name;
        in
        pkgs.fetchCrate {
          pname = builtins.elemAt parts 0;
          version = builtins.elemAt parts 1;
          inherit sha256;
          unpack = false;
        };
      jq = tools;
      zstd = tools;
      # For artifacts that are linked, which is not what crane does by default.
      rsync = tools;
      makeScopeWithSplicing' = { f, ... }: nativeOnly f;
      splicePackages = sets: sets.pkgsHostTarget;
      pkgs = packages;
    }
    // lib.genAttrs [
      "pkgsBuildBuild"
      "pkgsBuildHost"
      "pkgsBuildTarget"
      "pkgsHostHost"
      "pkgsHostTarget"
      "pkgsTargetTarget"
    ] (_: packages);
  craneLib =
    (import (crane + "/lib") {
      inherit (packages)
        lib
        stdenv
        makeScopeWithSplicing'
        splicePackages
        pkgsBuildBuild
        pkgsBuildHost
        pkgsBuildTarget
        pkgsHostHost
        pkgsHostTarget
        pkgsTargetTarget
        ;
    }).overrideScope
      (_: _: { inherit writeTOML; });

  arguments = {
    src = craneLib.cleanCargoSource src;
    pname = "app";
    version = "1.0.0";
    # cargo's builds, beside which it is, make no tests either.
    doCheck = false;
  };
  dependencies = craneLib.buildDepsOnly arguments;
in
{
  inherit dependencies;
  sources = craneLib.vendorCargoDeps arguments;
  program = craneLib.buildPackage (arguments // { cargoArtifacts = dependencies; });
}
