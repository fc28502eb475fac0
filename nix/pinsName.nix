# pinsName graph: the file name of a graph's pins: crate-graph.json → crate-graph.pins.json.
graph:
let
  length = builtins.stringLength graph;
  isJson = length > 5 && builtins.substring (length - 5) 5 graph == ".json";
in
"${if isJson then builtins.substring 0 (length - 5) graph else graph}.pins.json"
