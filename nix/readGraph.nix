# readGraph file: the crate graph as a value, or one sentence that says why it can't be used. A value is taken as it is.
file:
let
  supported = 1;
  graph =
    if builtins.isAttrs file then
      file
    else if builtins.pathExists file then
      builtins.fromJSON (builtins.readFile file)
    else
      throw "dyrust: there is no ${baseNameOf file}; run `dyrust import` in the folder of Cargo.lock, and `git add` what it writes";
in
if graph.schema or 0 > supported then
  throw "dyrust: ${
    if builtins.isAttrs file then "the graph" else baseNameOf file
  } has schema ${toString graph.schema}, and this dyrust reads up to ${toString supported}; update the flake input `dyrust`, or run its own `dyrust import`"
else
  graph
