# sayUnused overrides packages value: `value`, with a warning on the terminal if there are overrides for crates that are not there. It is no
# error: a team may keep one table for many graphs.
overrides: packages: value:
let
  unused = import ./unusedOverrides.nix overrides packages;
in
if unused == [ ] then
  value
else
  builtins.trace "dyrust: warning: no crate of the graph goes by these names of `overrides`: ${builtins.concatStringsSep ", " unused} (`dyrust overrides` lists those that may need one)" value
