# pinsName kind graph: the file name of pins beside a graph. "pins" of crate-graph.json is crate-graph.pins.json, "grouped.pins" of fleet.json, which
# is of the fleet's grouped form, fleet.grouped.pins.json.
kind: graph:
let
  length = builtins.stringLength graph;
  isJson = length > 5 && builtins.substring (length - 5) 5 graph == ".json";
in
"${if isJson then builtins.substring 0 (length - 5) graph else graph}.${kind}.json"
