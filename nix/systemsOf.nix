# systemsOf graph: the Nix systems that a crate graph was made for, programs to be built and run on the same one.
graph:
let
  known = [
    "x86_64-linux"
    "aarch64-linux"
  ];
  rustTarget = system: import ./rustTarget.nix { inherit system; };
  isNative = system: platform: platform.target == rustTarget system && !(platform ? host);
  systems = builtins.filter (system: builtins.any (isNative system) graph.platforms) known;
in
if systems == [ ] then
  throw "dyrust: the graph was made for ${
    builtins.concatStringsSep ", " (map (platform: platform.target) graph.platforms)
  }, and dyrust builds on ${builtins.concatStringsSep " and " known}; run `dyrust import --target ${rustTarget (builtins.head known)}`"
else
  systems
