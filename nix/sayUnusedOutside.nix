# sayUnusedOutside outside file value: `value`, with a warning on the terminal if there are folders in `outside` that the graph does not use. It
# is no error, as in sayUnused.nix.
outside: file: value:
let
  unused = import ./unusedOutside.nix outside (import ./readGraph.nix file);
in
# Most have none, and the graph need not be read for it.
if outside == { } || unused == [ ] then
  value
else
  builtins.trace "dyrust: warning: the graph has no path in these folders of `outside`: ${builtins.concatStringsSep ", " unused} (give each by its path in the graph, such as \"../lib\")" value
