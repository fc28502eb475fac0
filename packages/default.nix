# What the flake itself builds: the sample, libstd-rust, and programs published on the registry, each from the graph beside this file.
lib:
let
  sample = lib.buildGraph { src = ../templates/default; };
  published = name: (lib.buildGraph { graph = ./. + "/${name}.json"; }).packages;
in
{
  inherit (lib) libstd-rust;
  inherit (sample.packages) sample_bin;
  default = sample.packages.sample_bin;
}
