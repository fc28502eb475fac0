# devShell: a shell to work on a graph's workspace with cargo: the same toolchain, and the native libraries that its crates take from
# the package set.
{ pkgs, needs }:
{ libraries, tools }:
pkgs.mkShell {
  packages = [
    needs.rustc
    needs.cargo
    needs.cc
  ]
  ++ tools;
  buildInputs = libraries;
}
