# layout { place, manifests }: the digest of the list of files from which targets of packages are inferred, and of their readmes.
# `dyrust import` writes the same (importer/src/workspace/layout.rs); a new src/bin/tool.rs changes it.
{
  # path in the graph → path
  place,
  # the manifests' paths in the graph, sorted
  manifests,
}:
let
  hasSuffix =
    suffix: text:
    let
      length = builtins.stringLength text - builtins.stringLength suffix;
    in
    length >= 0 && builtins.substring length (-1) text == suffix;

  # Files that count by themselves.
  single = [
    "README"
    "README.md"
    "README.txt"
    "build.rs"
    "src/lib.rs"
    "src/main.rs"
  ];
  # Folders in which every program, example, … has a file or a folder.
  listed = [
    "src/bin"
    "examples"
    "tests"
    "benches"
  ];

  ofPackage =
    manifest:
    let
      prefix = builtins.substring 0 (builtins.stringLength manifest - 10) manifest;
      root = place (if prefix == "" then "." else prefix);
      below =
        folder:
        let
          path = root + "/${folder}";
          entries = if builtins.pathExists path then builtins.readDir path else { };
          target =
            name:
            if builtins.substring 0 1 name == "." then
              [ ]
            else if entries.${name} == "directory" then
              if builtins.pathExists (path + "/${name}/main.rs") then [ "${folder}/${name}/main.rs" ] else [ ]
            else if hasSuffix ".rs" name && builtins.pathExists (path + "/${name}") then
              [ "${folder}/${name}" ]
            else
              [ ];
        in
        builtins.sort builtins.lessThan (builtins.concatMap target (builtins.attrNames entries));
      files =
        builtins.filter (file: builtins.pathExists (root + "/${file}")) single
        ++ builtins.concatMap below listed;
    in
    map (file: "${prefix}${file}\n") files;
in
builtins.substring 0 16 (
  builtins.hashString "sha256" (builtins.concatStringsSep "" (builtins.concatMap ofPackage manifests))
)
