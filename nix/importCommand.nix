# importCommand { file, raw } options: the command that writes a graph anew with what was asked for the last time, and further options.
{
  # The graph's file, or the graph itself, if it is in none.
  file,
  raw,
}:
options:
let
  selection = raw.selection or { };
  usual =
    if selection ? fleet then
      builtins.replaceStrings [ ".toml" ] [ ".json" ] selection.fleet
    else
      "crate-graph.json";
  words =
    (
      if selection ? fleet then
        [ "dyrust fleet import ${selection.fleet}" ]
      else
        [ "dyrust import" ] ++ (if selection ? crate then [ "--crate ${selection.crate}" ] else [ ])
    )
    ++ options
    ++ (
      if builtins.isAttrs file || baseNameOf file == usual then [ ] else [ "--output ${baseNameOf file}" ]
    );
in
builtins.concatStringsSep " " words
