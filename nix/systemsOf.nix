# systemsOf packageSets file: the Nix systems that a crate graph was made for, programs to be built and run on the same one, and that there are
# package sets for; any that there are package sets for where there is no graph yet.
packageSets: file:
let
  graph = import ./readGraph.nix file;
  known = import ./linuxSystems.nix;
  rustTarget = system: import ./rustTarget.nix { inherit system; };
  isNative = system: platform: platform.target == rustTarget system && !(platform ? host);
  systems =
    if import ./isGraphThere.nix file then
      builtins.filter (system: builtins.any (isNative system) graph.platforms) known
    else
      known;
  there = builtins.filter (system: packageSets ? ${system}) systems;
in
if systems == [ ] then
  throw "dyrust: the graph was made for ${
    builtins.concatStringsSep ", " (map (platform: platform.target) graph.platforms)
  }, and dyrust builds on ${builtins.concatStringsSep " and " known}; run `dyrust import --target ${rustTarget (builtins.head known)}`"
else if there == [ ] then
  throw "dyrust: mkFlake: `packageSets` has none for ${builtins.concatStringsSep " or " systems}, which the graph was made for; it is a set such as { x86_64-linux = import nixpkgs { … }; }"
else
  there
