# What the flake itself builds: the sample, libstd-rust, dyrust's own programs, and the published programs whose graphs lie beside this file.
lib:
let
  sample = lib.buildGraph { src = ../templates/default; };

  # dyrust itself, from its own graph.
  tools = (lib.buildGraph { src = ../.; }).packages;

  files = builtins.readDir ./.;
  # The graphs of fleets are those of fleets.nix.
  isFleet = name: files ? ${builtins.replaceStrings [ ".json" ] [ ".toml" ] name};
  graphs = builtins.filter (name: builtins.match ".*\\.json" name != null && !(isFleet name)) (
    builtins.attrNames files
  );
  published = builtins.listToAttrs (
    map (file: {
      name = builtins.substring 0 (builtins.stringLength file - 5) file;
      value = (lib.buildGraph { graph = ./. + "/${file}"; }).default;
    }) graphs
  );
in
published
// {
  book = import ./book.nix {
    inherit (lib) pkgs;
    inherit (published) mdbook;
  };
  inherit (lib) libstd-rust;
  inherit (sample.packages) sample_bin;
  inherit (tools) dyrust dyrust-link dyrust-report;
  default = tools.dyrust;
}
