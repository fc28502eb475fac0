# clippyConfiguration src path: a folder with the `clippy.toml` that clippy finds above a member's folder, or null. clippy looks upwards from the
# member's folder and takes the first; one in that folder itself is of the member's source.
src: path:
let
  names = [
    "clippy.toml"
    ".clippy.toml"
  ];
  parts = builtins.filter (part: builtins.isString part && part != "" && part != ".") (
    builtins.split "/" path
  );
  folderOf =
    count: builtins.concatStringsSep "/" ([ "" ] ++ builtins.genList (builtins.elemAt parts) count);
  has = count: builtins.any (name: builtins.pathExists (src + "${folderOf count}/${name}")) names;
  # From the member's own folder up to the workspace's.
  counts = builtins.genList (step: builtins.length parts - step) (builtins.length parts + 1);
  found = builtins.filter has counts;
in
if
  src == null
  || builtins.elem ".." parts
  || found == [ ]
  || builtins.head found == builtins.length parts
then
  null
else
  builtins.path {
    name = "clippy-configuration";
    path = src + folderOf (builtins.head found);
    filter = file: type: type != "directory" && builtins.elem (baseNameOf file) names;
  }
