# newMembers { src, patterns, exclude, known }: folders with a manifest that the patterns of `workspace.members` find and the graph
# does not know.
{
  src,
  # entries of `workspace.members` with `*`, `?` or `[…]`
  patterns,
  # `workspace.exclude`
  exclude,
  # whether the graph knows a manifest, by its path
  known,
}:
let
  split = text: builtins.filter builtins.isString (builtins.split "/" text);
  isPattern = part: builtins.match ".*[*?[].*" part != null;
  # A part of a pattern as a regular expression.
  expression =
    builtins.replaceStrings
      [
        "."
        "+"
        "("
        ")"
        "{"
        "}"
        "|"
        "^"
        "$"
        "*"
        "?"
        "[!"
      ]
      [
        "\\."
        "\\+"
        "\\("
        "\\)"
        "\\{"
        "\\}"
        "\\|"
        "\\^"
        "\\$"
        ".*"
        "."
        "[^"
      ];
  join = folder: name: if folder == "" then name else "${folder}/${name}";
  foldersIn =
    folder:
    let
      path = if folder == "" then src else src + "/${folder}";
      entries = if builtins.pathExists path then builtins.readDir path else { };
    in
    builtins.filter (name: entries.${name} != "regular") (builtins.attrNames entries);
  # This folder and all below it.
  deep =
    folder: [ folder ] ++ builtins.concatMap (name: deep (join folder name)) (directoriesIn folder);
  directoriesIn =
    folder:
    let
      entries = builtins.readDir (if folder == "" then src else src + "/${folder}");
    in
    builtins.filter (name: entries.${name} == "directory") (builtins.attrNames entries);
  expand =
    folders: part:
    builtins.concatMap (
      folder:
      if part == "." || part == "" then
        [ folder ]
      else if part == "**" then
        deep folder
      else if isPattern part then
        map (join folder) (
          builtins.filter (name: builtins.match (expression part) name != null) (foldersIn folder)
        )
      else
        [ (join folder part) ]
    ) folders;
  found = builtins.concatMap (pattern: builtins.foldl' expand [ "" ] (split pattern)) patterns;
  isBelow =
    folder: other:
    folder == other || builtins.substring 0 (builtins.stringLength other + 1) folder == "${other}/";
  isExcluded = folder: builtins.any (isBelow folder) exclude;
in
builtins.filter (
  folder:
  !(known "${folder}/Cargo.toml")
  && !(isExcluded folder)
  && builtins.pathExists (src + "/${folder}/Cargo.toml")
) found
