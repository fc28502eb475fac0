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

  # Files that count by themselves, at the top and below `src`.
  atTop = [
    "README"
    "README.md"
    "README.txt"
    "build.rs"
  ];
  inSource = [
    "lib.rs"
    "main.rs"
  ];

  # What is in a folder, which may be a link to one; a link to something else can't be told from it.
  entriesOf =
    path: type: if type == "directory" || isLink path type then builtins.readDir path else { };
  isLink = path: type: type == "symlink" && builtins.pathExists path;
  isFile = path: type: type == "regular" || isLink path type;

  ofPackage =
    manifest:
    let
      prefix = builtins.substring 0 (builtins.stringLength manifest - 10) manifest;
      root = place (if prefix == "" then "." else prefix);
      entries = builtins.readDir root;
      source = entriesOf (root + "/src") (entries.src or null);
      isThere =
        folder: entries: file:
        isFile (folder + "/${file}") (entries.${file} or null);
      # Every program, example, … has a file or a folder here.
      listed =
        name: path: entries:
        let
          target =
            file:
            if builtins.substring 0 1 file == "." then
              [ ]
            else if entries.${file} == "directory" then
              if isThere (path + "/${file}") (builtins.readDir (path + "/${file}")) "main.rs" then
                [ "${name}/${file}/main.rs" ]
              else
                [ ]
            else if hasSuffix ".rs" file && isThere path entries file then
              [ "${name}/${file}" ]
            else
              [ ];
        in
        builtins.sort builtins.lessThan (builtins.concatMap target (builtins.attrNames entries));
      atTopListed =
        name: listed name (root + "/${name}") (entriesOf (root + "/${name}") (entries.${name} or null));
      files =
        builtins.filter (isThere root entries) atTop
        ++ map (file: "src/${file}") (builtins.filter (isThere (root + "/src") source) inSource)
        ++ listed "src/bin" (root + "/src/bin") (entriesOf (root + "/src/bin") (source.bin or null))
        ++ builtins.concatMap atTopListed [
          "examples"
          "tests"
          "benches"
        ];
    in
    map (file: "${prefix}${file}\n") files;
in
builtins.substring 0 16 (
  builtins.hashString "sha256" (builtins.concatStringsSep "" (builtins.concatMap ofPackage manifests))
)
