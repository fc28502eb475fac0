# unusedOutside outside graph: the folders of `outside` in which no path of the graph lies: misspelt ones, and those of dependencies that are gone.
outside: graph:
let
  isBelow = import ./isBelow.nix;
  packages = builtins.filter (package: package ? path) (builtins.attrValues graph.packages);
  paths =
    map (package: package.path) packages
    ++ builtins.attrNames (graph.inputs or { })
    ++ (if graph ? lock then [ graph.lock ] else [ ]);
in
builtins.filter (folder: !(builtins.any (path: isBelow path folder) paths)) (
  builtins.attrNames outside
)
