# mkLib pkgs: dyrust's functions for one package set. `mkLib pkgs { rustc = …; … }` is the same with another toolchain, or others of the
# parts that it takes from there: rustc, cargo, clippy, rustfmt, lld, fetchCrate, fetchgit, fetchurl.
pkgs:
let
  make = import ./mkLibWith.nix pkgs;
in
make { } // { __functor = _self: make; }
