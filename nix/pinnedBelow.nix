# pinnedBelow { graph, nodes } unit: the pinned outputs of all libraries below a unit. What is linked to a program lists these in the place of
# the outputs of their nodes.
{
  graph,
  # unit id → what unit.nix makes of it
  nodes,
}:
unit:
let
  below = builtins.genericClosure {
    startSet = map (key: { inherit key; }) unit.dependencies;
    operator = used: map (key: { inherit key; }) graph.units.${used.key}.dependencies;
  };
in
builtins.filter (output: output != null) (map (used: nodes.${used.key}.pinned) below)
