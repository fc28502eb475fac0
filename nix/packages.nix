# What the flake itself builds: the sample, libstd-rust, and programs published on the registry.
{ pkgs, dyrust }:
let
  lib = dyrust.mkLib pkgs;
  sample = lib.buildGraph { src = ../templates/default; };
in
sample.packages
// {
  inherit (lib) libstd-rust builder;
  default = sample.packages.sample_bin;
}
