# nixpkgs' builders for things of a few lines.
{ stdenv, bash }:
let
  inherit (stdenv) mkDerivation;
in
rec {
  runCommand =
    name: environment: buildCommand:
    mkDerivation (
      {
        inherit name buildCommand;
        passAsFile = [ "buildCommand" ] ++ environment.passAsFile or [ ];
        preferLocalBuild = environment.preferLocalBuild or false;
      }
      // builtins.removeAttrs environment [ "passAsFile" ]
    );
  runCommandLocal = name: environment: runCommand name ({ preferLocalBuild = true; } // environment);
  runCommandCC = runCommand;

  writeTextFile =
    {
      name,
      text,
      executable ? false,
      destination ? "",
      checkPhase ? "",
      meta ? { },
      passthru ? { },
    }:
    runCommandLocal name
      {
        inherit
          text
          executable
          destination
          checkPhase
          meta
          passthru
          ;
        passAsFile = [ "text" ];
      }
      ''
        target=$out$destination
        mkdir -p "$(dirname "$target")"
        cp "$textPath" "$target"
        [ -z "$executable" ] || chmod +x "$target"
        eval "$checkPhase"
      '';
  writeText = name: text: writeTextFile { inherit name text; };
  writeScript =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
    };
  writeShellScript = name: text: writeScript name "#!${bash}/bin/bash\n${text}";
  writeShellScriptBin =
    name: text:
    writeTextFile {
      inherit name;
      executable = true;
      destination = "/bin/${name}";
      text = "#!${bash}/bin/bash\n${text}";
      meta.mainProgram = name;
    };
  writeShellApplication =
    {
      name,
      text,
      runtimeInputs ? [ ],
    }:
    writeShellScriptBin name ''
      set -euo pipefail
      export PATH=${
        builtins.concatStringsSep ":" (map (input: "${input}/bin") runtimeInputs)
      }''${PATH:+:$PATH}
      ${text}
    '';

  # A folder with a link for each entry: { name = path; } or [ { name; path; } ].
  linkFarm =
    name: entries:
    let
      list =
        if builtins.isAttrs entries then
          map (entry: {
            name = entry;
            path = entries.${entry};
          }) (builtins.attrNames entries)
        else
          entries;
    in
    runCommandLocal name
      {
        names = map (entry: entry.name) list;
        targets = map (entry: entry.path) list;
      }
      ''
        mkdir -p $out
        targets=($targets)
        index=0
        for name in $names; do
          mkdir -p "$out/$(dirname "$name")"
          ln -s "''${targets[index]}" "$out/$name"
          index=$((index + 1))
        done
      '';

  symlinkJoin =
    arguments@{
      name,
      paths,
      postBuild ? "",
      ...
    }:
    runCommandLocal name
      (
        builtins.removeAttrs arguments [
          "name"
          "paths"
          "postBuild"
        ]
        // {
          joined = paths;
        }
      )
      ''
        mkdir -p $out
        # Folders are made, files linked; what comes first wins.
        for path in $joined; do
          (cd "$path" && find . -type d -print0) | (cd $out && xargs -0 mkdir -p)
          (cd "$path" && find . ! -type d -print0) | while IFS= read -r -d "" file; do
            [ -e "$out/$file" ] || [ -L "$out/$file" ] || ln -s "$path/''${file#./}" "$out/$file"
          done
        done
        ${postBuild}
      '';
  buildEnv =
    arguments@{ name, paths, ... }:
    symlinkJoin {
      inherit name paths;
      postBuild = arguments.postBuild or "";
    };

  # The environment for `nix develop` and `nix print-dev-env`: the inputs' search paths.
  mkShell =
    arguments@{
      name ? "nix-shell",
      packages ? [ ],
      nativeBuildInputs ? [ ],
      ...
    }:
    mkDerivation (
      builtins.removeAttrs arguments [ "packages" ]
      // {
        inherit name;
        nativeBuildInputs = packages ++ nativeBuildInputs;
        buildCommand = "export > $out";
      }
    );
}
