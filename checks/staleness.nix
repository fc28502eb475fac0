# A graph that is not current must be found out, in words that name the file or the package; a current one must not.
pkgs:
let
  sample = ../templates/default;
  graph = import ../nix/readGraph.nix (sample + "/crate-graph.json");
  lockText = builtins.readFile (sample + "/Cargo.lock");
  hashOf =
    name:
    if builtins.pathExists (sample + "/${name}") then
      builtins.hashFile "sha256" (sample + "/${name}")
    else
      null;
  sealed =
    content:
    content
    // {
      digest = builtins.substring 0 16 (builtins.hashString "sha256" (builtins.toJSON content));
    };
  newMembers =
    patterns: exclude: known:
    import ../nix/newMembers.nix {
      src = ../templates/default;
      inherit patterns exclude;
      known = manifest: builtins.elem manifest known;
    };
  outside = import ../nix/outside.nix {
    src = ../templates/default;
    given = {
      "../a" = /given/a;
      "../a/b" = /given/b;
    };
  };
  # Of a flake; an evaluation that is not pure took the machine's own files.
  takes =
    path:
    let
      place = import ../nix/outside.nix {
        src = builtins.storeDir + "/00000000000000000000000000000000-source/app";
      };
    in
    if (builtins.tryEval (toString (place path))).success then "taken" else "refused";
  staleness =
    arguments: import ../nix/staleness.nix ({ inherit graph hashOf lockText; } // arguments);

  cases = {
    "nothing changed" = {
      actual = staleness { };
      expected = null;
    };
    "another version in the lock" = {
      actual = staleness {
        lockText = builtins.replaceStrings [ ''version = "0.1.0"'' ] [ ''version = "0.2.0"'' ] lockText;
      };
      expected = "the entry of hello in Cargo.lock was changed since";
    };
    # Nix said `unexpected char`, of no file.
    "a lock with the marks of a merge" = {
      actual = staleness { lockText = lockText + "<<<<<<< HEAD\n=======\n>>>>>>> theirs\n"; };
      expected = "Cargo.lock has the marks of a merge, to be resolved first";
    };
    "a graph with the marks of a merge" = {
      actual =
        map
          (text: (builtins.tryEval (import ../nix/readGraph.nix (builtins.toFile "graph.json" text))).success)
          [
            "{\n<<<<<<< ours\n=======\n>>>>>>> theirs\n}"
            "<<<<<<< ours\n{}\n=======\n>>>>>>> theirs\n"
            "version = 4"
          ];
      expected = [
        false
        false
        false
      ];
    };
    "another dependency in the lock" = {
      actual = staleness {
        lockText = builtins.replaceStrings [ ''"hello_again",'' ] [ "" ] lockText;
      };
      expected = "the entry of sample_bin in Cargo.lock was changed since";
    };
    "a package outside the graph comes into the lock" = {
      actual = staleness {
        lockText = lockText + "\n[[package]]\nname = \"other\"\nversion = \"1.0.0\"\n";
      };
      expected = null;
    };
    "a manifest changed" = {
      actual = staleness { hashOf = name: if name == "hello/Cargo.toml" then "0" else hashOf name; };
      expected = "hello/Cargo.toml was changed since";
    };
    # Flags and variables of a file that was not there at import were left out without a word.
    "Cargo's configuration is new" = {
      actual = staleness {
        hashOf = name: if name == ".cargo/config.toml" then "0" else hashOf name;
      };
      expected = ".cargo/config.toml is new";
    };
    # A fleet's own was never looked for.
    "Cargo's configuration beside a fleet is new" = {
      actual = staleness {
        graph = sealed (
          builtins.removeAttrs graph [
            "digest"
            "generator"
            "layout"
            "lock"
          ]
        );
        lockText = "";
        hashOf = name: if name == ".cargo/config.toml" then "0" else hashOf name;
      };
      expected = ".cargo/config.toml is new";
    };
    "a manifest is gone" = {
      actual = staleness { hashOf = name: if name == "Cargo.toml" then null else hashOf name; };
      expected = "Cargo.toml is not there, or git does not know it (`git add Cargo.toml`)";
    };
    "the lock is gone" = {
      actual = staleness { lockText = null; };
      expected = "Cargo.lock is not there, or git does not know it (`git add Cargo.lock`, with `--force` where it is ignored)";
    };
    "a line of the graph changed" = {
      actual = staleness {
        graph = graph // {
          roots = { };
        };
      };
      expected = "it was merged or edited, and is not what one import wrote";
    };
    "a graph without a digest" = {
      actual = staleness { graph = builtins.removeAttrs graph [ "digest" ]; };
      expected = "an older dyrust wrote it, without a digest";
    };
    "another dyrust would write the same" = {
      actual = staleness {
        graph = graph // {
          generator = "another";
        };
      };
      expected = null;
    };
    "a file that implies a target" = {
      actual = staleness { layout = "0"; };
      expected = "source files that imply targets have come or gone, or git does not know them (`git add` them)";
    };
    "a new member" = {
      actual = staleness {
        newMembers = newMembers [ "*" ] [ ] [ "hello/Cargo.toml" "sample_bin/Cargo.toml" ];
      };
      expected = "hello_again is new, and a member";
    };
    "what is excluded is no member" = {
      actual = staleness {
        newMembers = newMembers [
          "h*"
          "./hell[o]"
          "**"
        ] [ "hello_again" "sample_bin" ] [ "hello/Cargo.toml" "/Cargo.toml" ];
      };
      expected = null;
    };
    # `exclude = ["./hello_again/"]` excluded nothing here, and no import made the graph current.
    "what is excluded by another spelling is no member" = {
      actual = staleness {
        newMembers = newMembers [ "*" ] [ "./hello_again/" "sample_bin//" ] [ "hello/Cargo.toml" ];
      };
      expected = null;
    };
    "a folder below what was given" = {
      actual = toString (outside "../a/b/c");
      expected = "/given/b/c";
    };
    "a folder that was given" = {
      actual = toString (outside "../a/Cargo.toml");
      expected = "/given/a/Cargo.toml";
    };
    # A misspelt one was silent, and what it was meant for was said to be missing, or taken from beside `src`.
    "folders that no path of the graph is in" = {
      actual = toString (
        import ../nix/unusedOutside.nix {
          "../../beside" = ./.;
          "../beside" = ./.;
          "../../besid" = ./.;
          ".." = ./.;
        } (import ../nix/readGraph.nix ./fixtures/outside/crate-graph.json)
      );
      expected = "../../besid ../beside";
    };
    "a path out of the flake" = {
      actual = takes "../../../../etc/passwd";
      expected = "refused";
    };
    "a path out of the flake, through a folder" = {
      actual = takes "a/../../../../../etc/passwd";
      expected = "refused";
    };
    "a path of the flake" = {
      actual = takes "a/../b";
      expected = "taken";
    };
    # An evaluation ended with `attribute 'name' missing`.
    "a library among the examples that is called as its package" = {
      actual =
        (import ../nix/graph.nix {
          target = "x86_64-unknown-linux-gnu";
          file = {
            schema = 1;
            platforms = [ { target = "x86_64-unknown-linux-gnu"; } ];
            profile = { };
            roots = { };
            packages.plug-in = {
              version = "1.0.0";
              units."example plug-in" = {
                kind = "example";
                types = [ "cdylib" ];
              };
            };
          };
        }).units."plug-in example plug-in".name;
      expected = "plug_in";
    };
    "a lock of version 1" = {
      actual = import ../nix/staleness.nix {
        graph = sealed {
          lock = "Cargo.lock";
          packages.a = {
            version = "1.0.0";
            entry = builtins.substring 0 16 (
              builtins.hashString "sha256" ''{"checksum":"00","name":"a","source":"registry+r","version":"1.0.0"}''
            );
          };
        };
        hashOf = _name: null;
        lockText = ''
          [[package]]
          name = "a"
          version = "1.0.0"
          source = "registry+r"

          [metadata]
          "checksum a 1.0.0 (registry+r)" = "00"
        '';
      };
      expected = null;
    };
  };
  # A graph with a schema of -1 was taken.
  refused =
    schema:
    !(builtins.tryEval (import ../nix/readGraph.nix (graph // { inherit schema; })).schema).success;
  schemas = builtins.filter (schema: !(refused schema)) [
    (-1)
    0
    "1"
    2
    null
  ];
  show = value: if value == null then "current" else value;
  wrong = builtins.filter (name: cases.${name}.actual != cases.${name}.expected) (
    builtins.attrNames cases
  );
in
if schemas != [ ] then
  throw "graphs with these schemas are taken: ${builtins.toJSON schemas}"
else if wrong == [ ] then
  pkgs.runCommand "check-staleness" { } "touch $out"
else
  throw (
    builtins.concatStringsSep "\n" (
      map (
        name: "${name}: expected «${show cases.${name}.expected}», got «${show cases.${name}.actual}»"
      ) wrong
    )
  )
