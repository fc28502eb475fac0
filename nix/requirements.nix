# requirements pkgs replacements: all that dyrust takes from a package set, under nixpkgs' names. Overrides may name further packages of it.
# `replacements` may have rustc, cargo, clippy, rustfmt, lld, fetchCrate, fetchgit and fetchurl.
pkgs: replacements:
let
  # What runs during builds. Without cross compilation that is the package set itself.
  build = pkgs.buildPackages or pkgs;
  inherit (pkgs.stdenv) cc;
  rustTarget = import ./rustTarget.nix;
  standard = {
    inherit (build)
      rustc
      cargo
      clippy
      rustfmt
      ;
    # One linker for everything. A set without it may have a rustc with one inside.
    lld = build.lld or (tools.rustc.unwrapped or tools.rustc);
    # Where registry and git sources come from: fixed outputs that `dyrust prefetch` can seed.
    inherit (pkgs) fetchCrate fetchgit fetchurl;
  };
  # One that is misspelt would do nothing.
  unknown = builtins.attrNames (removeAttrs replacements (builtins.attrNames standard));
  tools =
    if unknown == [ ] then
      standard // replacements
    else
      throw "dyrust: mkLib: `${builtins.head unknown}` can't be replaced; what can: ${builtins.concatStringsSep ", " (builtins.attrNames standard)}";
  target = rustTarget pkgs.stdenv.hostPlatform;
  host = rustTarget build.stdenv.hostPlatform;
in
tools
// {
  # What derivations are built on.
  inherit (build.stdenv.hostPlatform) system;
  # The triples of what programs are made for and of what builds them.
  inherit target host;
  isCross = target != host;
  # The package set of the host, for what runs during builds.
  inherit build;
  # C compiler driver for the target; the linker, strip, objcopy and ar for it; what the names of all of them begin with.
  inherit cc;
  inherit (cc) bintools;
  targetPrefix = cc.targetPrefix or "";
  hostCc = build.stdenv.cc;
  hostBintools = build.stdenv.cc.bintools;
  # rustc without nixpkgs' shell wrapper, where there is one: it is started once a crate.
  rustc = import ./supportedRustc.nix (tools.rustc.unwrapped or tools.rustc);
  # How stdenv has C code compiled where a package says nothing.
  hardening =
    cc.defaultHardeningFlags or [
      "bindnow"
      "format"
      "fortify"
      "fortify3"
      "pic"
      "relro"
      "stackclashprotection"
      "stackprotector"
      "strictoverflow"
      "zerocallusedregs"
    ];
  # What build scripts may start without saying so: a shell, make, and the tools around them.
  scriptTools = [
    build.bash
    build.coreutils
    build.findutils
    build.gnugrep
    build.gnused
    build.gawk
    build.diffutils
    build.gnumake
  ];
}
