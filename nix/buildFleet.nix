# buildFleet { src, … }: the programs of a fleet, over one set of libraries, and an environment with all of them.
{ pkgs, buildGraph }:
{
  # The fleet file's folder.
  src,
  # The graph; `dyrust fleet import` writes it beside the fleet file.
  graph ? src + "/fleet.json",
  # The environment's name.
  name ? "fleet",
  # As buildGraph has them.
  overrides ? { },
  linkage ? "dynamic",
  packageAttributes ? { },
}:
let
  whole = import ./readGraph.nix graph;
  build =
    graph:
    buildGraph {
      inherit
        src
        graph
        overrides
        linkage
        packageAttributes
        ;
    };
  joint = build graph;
  # Those that are resolved alone; the whole graph says which files they were made from.
  apart = builtins.mapAttrs (_name: build) (whole.apart or { });
  packages = builtins.foldl' (all: one: all // one.packages) joint.packages (
    builtins.attrValues apart
  );
in
{
  inherit joint apart packages;
  inherit (joint) units notices;

  # All programs in one `bin` folder.
  environment = pkgs.linkFarm name (
    map (program: {
      name = "bin/${program}";
      path = "${packages.${program}}/bin/${program}";
    }) (builtins.attrNames packages)
  );
}
