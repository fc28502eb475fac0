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
  globRegex = import ./globRegex.nix;

  split = text: builtins.filter builtins.isString (builtins.split "/" text);
  isPattern = part: builtins.match ".*[*?[].*" part != null;
  join = folder: name: if folder == "" then name else "${folder}/${name}";
  place = folder: if folder == "" then src else src + "/${folder}";
  entriesOf =
    folder: if builtins.pathExists (place folder) then builtins.readDir (place folder) else { };
  # A link may lead to a folder, or to a file that nothing is looked for in: it is taken where it is the last part of a pattern.
  foldersIn =
    isLast: folder:
    let
      entries = entriesOf folder;
    in
    builtins.filter (name: entries.${name} == "directory" || isLast && entries.${name} == "symlink") (
      builtins.attrNames entries
    );
  directoriesIn = foldersIn false;
  # This folder and all below it.
  deep =
    folder: [ folder ] ++ builtins.concatMap (name: deep (join folder name)) (directoriesIn folder);
  # What the parts of a pattern lead to from these folders.
  expand =
    folders: parts:
    let
      part = builtins.head parts;
      rest = builtins.tail parts;
      isLast = !(builtins.any isPattern rest);
      step =
        folder:
        if part == "." || part == "" then
          [ folder ]
        else if part == "**" then
          deep folder
        else if isPattern part then
          map (join folder) (
            builtins.filter (name: builtins.match (globRegex part) name != null) (foldersIn isLast folder)
          )
        else
          [ (join folder part) ];
    in
    if parts == [ ] then folders else expand (builtins.concatMap step folders) rest;
  found = builtins.concatMap (pattern: expand [ "" ] (split pattern)) patterns;
  isBelow = import ./isBelow.nix;
  # As Cargo compares them, part by part: `./old/` is `old`.
  plain =
    path:
    builtins.concatStringsSep "/" (builtins.filter (part: part != "" && part != ".") (split path));
  isExcluded = folder: builtins.any (isBelow folder) (map plain exclude);
in
builtins.filter (
  folder:
  !(known "${folder}/Cargo.toml")
  && !(isExcluded folder)
  && builtins.pathExists (src + "/${folder}/Cargo.toml")
) found
