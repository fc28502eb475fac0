# A crate of a repository is patched in its own folder, whatever the folder is called: a shell read its name, and `cd my crate` failed.
pkgs:
let
  folder = "it's $HOME; a crate";
  repository = pkgs.runCommand "repository" { inherit folder; } ''
    mkdir -p "$out/$folder"
    echo before > "$out/$folder/file"
  '';
  patched =
    import ../nix/patchedSource.nix pkgs
      {
        src = null;
        patches = [ ];
        postPatch = "echo after > file";
      }
      {
        name = "crate";
        version = "1.0.0";
      }
      folder
      repository;
in
pkgs.runCommand "check-patched-source" { inherit folder patched; } ''
  [ "$(cat "$patched/$folder/file")" = after ]
  touch $out
''
