# cross lib: programs for aarch64, built on x86_64 and run by an emulator: fixtures, a published program, the sample in its other forms. The
# graphs beside this file are made for that target and host. Not part of `nix flake check`: the bootstrap set has to be asked for what it
# takes (DYRUST_BOOTSTRAP_CROSS=1).
lib:
let
  inherit (lib) pkgs;
  pkgsCross = pkgs.pkgsCross.aarch64-multiplatform;
  cross = import ../nix/mkLib.nix pkgsCross;
  # The same compiler without the cross part.
  native = lib {
    inherit (pkgsCross.buildPackages) rustc cargo;
  };
  emulator = pkgsCross.stdenv.hostPlatform.emulator pkgsCross.buildPackages;

  folders = {
    sample = ../templates/default;
    proc-macro = ./fixtures/proc-macro;
    native-archives = ./fixtures/native-archives;
    build-script-links-a-library = ./fixtures/build-script-links-a-library;
  };
  build =
    name:
    (cross.buildGraph {
      src = folders.${name};
      graph = ./cross + "/${name}.json";
    }).packages;
  secondCompiler = [
    "sample"
    "proc-macro"
    "build-script-directives"
    "build-script-links-a-library"
    "across-libraries"
    "global-allocator"
    "panic-abort"
    "backtrace"
    "no-std"
    "native-archives"
    "c-state"
    "unused-dependency"
  ];
  expectedOf = name: ./fixtures + "/${name}/expected";

  # run NAME BIN: a fixture's programs print what is expected of them, and are for aarch64.
  run =
    name: bin: expected:
    pkgs.runCommand "check-cross-${name}" { } ''
      for program in ${bin}/bin/*; do
        ${pkgs.binutils}/bin/readelf -h $program | grep -q 'Machine: *AArch64' || {
          echo "${name}: $program is not for aarch64" >&2
          exit 1
        }
        ${emulator} $program > stdout
        diff -u ${expected} stdout
      done
      touch $out
    '';
  fixture =
    name:
    run name (pkgs.symlinkJoin {
      name = "cross-${name}";
      paths = builtins.attrValues (build name);
    }) (expectedOf name);
  relinked =
    name: form:
    run "${name}-${form}" (cross.mkImage {
      inherit form;
      name = "cross-${name}-${form}";
      programs = builtins.attrValues (build name);
    }) (expectedOf name);

  # The tests of members, which the emulator runs.
  tests =
    let
      inherit
        (cross.buildGraph {
          src = ./fixtures/dev-dependency-cycle;
          graph = ./cross/dev-dependency-cycle.json;
        })
        checks
        ;
      names = builtins.filter (name: builtins.match "test-.*" name != null) (builtins.attrNames checks);
    in
    if names == [ ] then
      throw "checks/cross/dev-dependency-cycle.json was made without --tests"
    else
      pkgs.linkFarm "cross-tests" (
        map (name: {
          inherit name;
          path = checks.${name};
        }) names
      );

  ripgrep = cross.buildGraph { graph = ./cross/ripgrep.json; };
  inherit (ripgrep.packages) rg;
in
builtins.mapAttrs (name: _folder: fixture name) folders
// {
  inherit tests;
  sample-image = relinked "sample" "image";
  sample-static = relinked "sample" "static";
  native-archives-static = relinked "native-archives" "static";
  emulated-rustc = import ./emulated-rustc.nix {
    inherit pkgs pkgsCross emulator;
    # A library of the sample, one that uses it, and one of the registry.
    nodes = {
      inherit
        ((cross.buildGraph {
          src = folders.sample;
          graph = ./cross/sample.json;
        }).units
        )
        hello
        hello_again
        ;
      inherit (ripgrep.units) memchr;
    };
    otherOrder = [ ripgrep.units.memchr.name ];
  };
  ripgrep = pkgs.runCommand "check-cross-ripgrep" { } ''
    printf 'one\ntwo\n' > text
    [ "$(${emulator} ${rg}/bin/rg --no-config t..$ text)" = two ]
    touch $out
  '';
  # Debian's compiler on its own platform: a second version, whose std is archives alone. Beside the sample, fixtures that lean on what
  # compilers change: std's insides, the allocator, how a panic begins, what macros and build scripts are compiled against.
  debian-rustc = pkgs.linkFarm "check-debian-rustc" (
    map (name: {
      inherit name;
      path =
        (import ./fixtures/fixture.nix native {
          name = "${name}-debian-rustc";
          folder = folders.${name} or (./fixtures + "/${name}");
          expectations = ./fixtures + "/${name}";
        }).check;
    }) secondCompiler
  );
}
