# All that dyrust takes from a package set, under nixpkgs' names. Overrides may name further packages of it.
pkgs: {
  system = pkgs.stdenv.hostPlatform.system;
  # C compiler driver and linker, with the tools strip, objcopy and ar beside it.
  cc = pkgs.stdenv.cc;
  bintools = pkgs.stdenv.cc.bintools;
  # rustc without nixpkgs' shell wrapper, where there is one: it is started once a crate.
  rustc = pkgs.rustc.unwrapped or pkgs.rustc;
  cargo = pkgs.cargo;
  clippy = pkgs.clippy;
  # What build scripts may start without saying so: a shell, make, and the tools around them.
  scriptTools = [
    pkgs.bash
    pkgs.coreutils
    pkgs.findutils
    pkgs.gnugrep
    pkgs.gnused
    pkgs.gawk
    pkgs.diffutils
    pkgs.gnumake
  ];
  # Where registry and git sources come from: fixed outputs that `dyrust prefetch` can seed.
  inherit (pkgs) fetchCrate fetchgit;
}
