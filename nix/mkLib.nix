# mkLib pkgs: dyrust's functions for one package set. `mkLib pkgs { rustc = …; … }` is the same with another toolchain, or other parts
# that requirements.nix names.
pkgs:
let
  make = import ./mkLibWith.nix pkgs;
in
make { } // { __functor = _self: make; }
