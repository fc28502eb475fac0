# packagesOf graph: the packages of a graph as its file has them, with their names.
graph:
builtins.mapAttrs (
  id: package: package // { name = builtins.head (builtins.split "@" id); }
) graph.packages
