# The builder's unit tests, compiled as the builder itself is, by one call of rustc.
pkgs:
pkgs.runCommand "check-builder"
  {
    nativeBuildInputs = [
      pkgs.rustc
      pkgs.stdenv.cc
      pkgs.stdenv.cc.bintools
    ];
  }
  ''
    rustc --edition=2024 --test -Cdebuginfo=0 -Clinker=cc ${../nix/builder/src}/main.rs -o tests
    ./tests 2>&1 | tee $out
    grep -q '^test result: ok. [1-9]' $out
  ''
