# buildFleet { src, … }: the programs of a fleet, over one set of libraries, an environment with all of them, and the same linked into groups.
{
  pkgs,
  buildGraph,
  mkImage,
}:
arguments@{
  # The fleet file's folder. Not needed for a graph whose programs are all published.
  src ? null,
  # The graph; `dyrust fleet import` writes it beside the fleet file. A file, or what is in it.
  graph ? src + "/fleet.json",
  # The environment's name.
  name ? "fleet",
  # As buildGraph has them; an override counts in every graph of the fleet that has its crate.
  overrides ? { },
  # As buildGraph has it.
  linkage ? "dynamic",
  # As buildGraph has it.
  contentAddressed ? false,
  # As buildGraph has them, of all programs of the fleet.
  packageAttributes ? { },
  # Whether the grouped form's objects keep all that their crates show, and stay the same when programs come and go (mkImage).
  open ? false,
  # The hashes of the grouped form's objects (mkImage); `dyrust pin` writes them beside the graph. A file, or null for none.
  groupedPins ?
    if builtins.isAttrs graph && !(graph ? outPath) then
      null
    else
      dirOf graph + "/${import ./pinsName.nix "grouped.pins" (baseNameOf graph)}",
}:
let
  whole = import ./readGraph.nix (
    if src == null && !(arguments ? graph) then
      throw "dyrust: buildFleet was given neither `src`, the fleet file's folder, nor `graph`"
    else
      graph
  );
  # A graph says of what lies in folders where that is from the fleet file on.
  folder =
    if
      src == null
      && builtins.any (
        graph: builtins.any (package: package ? path) (builtins.attrValues graph.packages)
      ) ([ whole ] ++ builtins.attrValues (whole.apart or { }))
    then
      throw "dyrust: ${
        if builtins.isAttrs graph then "the graph" else baseNameOf graph
      } has packages in folders; give the fleet file's folder, too: buildFleet { src = ./.; … }"
    else
      src;
  packagesOf = graph: builtins.attrValues (import ./packagesOf.nix graph);
  # An override is for those of the graphs that have its crate, and attributes for the one that has the program.
  build =
    whole: graph:
    let
      make =
        packageAttributes:
        buildGraph {
          src = folder;
          inherit
            graph
            linkage
            contentAddressed
            packageAttributes
            ;
          overrides = removeAttrs overrides (import ./unusedOverrides.nix overrides (packagesOf whole));
        };
      plain = make { };
    in
    if packageAttributes == { } then
      plain
    else
      make (builtins.intersectAttrs plain.packages packageAttributes);
  joint = import ./sayUnused.nix overrides (builtins.concatMap packagesOf (
    [ whole ] ++ builtins.attrValues (whole.apart or { })
  )) (build whole graph);
  # Those that are resolved alone; the whole graph says which files they were made from.
  apart = builtins.mapAttrs (_name: graph: build graph graph) (whole.apart or { });
  packages =
    let
      all = builtins.foldl' (all: one: all // one.packages) joint.packages (builtins.attrValues apart);
    in
    import ./knownPrograms.nix packageAttributes all;
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

  # The same programs, each of at most eight files, divided by who uses what: for a fleet that is shared with nobody else.
  grouped = mkImage {
    name = "${name}-grouped";
    form = "grouped";
    programs = builtins.attrValues packages;
    inherit open;
    pins = groupedPins;
  };
}
