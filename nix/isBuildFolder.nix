# isBuildFolder file: whether a path is a folder of what Cargo has built, as importer/src/build_folder.rs has it: it is called `target`, and lies
# beside a manifest or has Cargo's mark in it. Any other folder of that name has sources in it as well as one of another name.
file:
baseNameOf file == "target"
&& (
  builtins.pathExists (file + "/CACHEDIR.TAG") || builtins.pathExists (dirOf file + "/Cargo.toml")
)
