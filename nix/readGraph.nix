# readGraph file: the crate graph as a value, or one sentence that says why it can't be used. A value is taken as it is.
file:
let
  supported = 1;
  read =
    text:
    if import ./isConflicted.nix text then
      throw "dyrust: ${baseNameOf file} has the marks of a merge: take either side, and run `dyrust import` (of a fleet: `dyrust fleet import`)"
    else if builtins.substring 0 1 text != "{" then
      throw "dyrust: ${baseNameOf file} is no crate graph: it does not begin with `{`; run `dyrust import` (of a fleet: `dyrust fleet import`)"
    else
      builtins.fromJSON text;
  graph =
    if builtins.isAttrs file then
      file
    else if builtins.pathExists file then
      read (builtins.readFile file)
    else
      throw "dyrust: there is no ${baseNameOf file} in ${toString (dirOf file)}; run `dyrust import` in the folder of Cargo.lock (of a fleet: `dyrust fleet import`), and `git add` what it writes";
in
if !(builtins.isInt (graph.schema or null) && graph.schema >= 1) then
  throw "dyrust: ${
    if builtins.isAttrs file then "the graph" else baseNameOf file
  } is no crate graph: its schema is not a number from 1 on; run `dyrust import`"
else if graph.schema > supported then
  throw "dyrust: ${
    if builtins.isAttrs file then "the graph" else baseNameOf file
  } has schema ${toString graph.schema}, and this dyrust reads up to ${toString supported}; update the flake input `dyrust`, or run its own `dyrust import`"
else
  graph
