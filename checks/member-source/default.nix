# Which files of a workspace the builds of a member see: `tree` is a workspace, `expected` what its member `m` sees by what a graph
# may say of it.
pkgs:
let
  member =
    says:
    import ../../nix/memberSource.nix {
      src = ./tree;
      place = path: ./tree + "/${path}";
      files = [ "Cargo.lock" ];
      targets = { };
      packages = [
        { path = "m/inner"; }
        ({ path = "m"; } // says)
      ];
    };
  listed =
    name: forTests: says:
    let
      package = {
        path = "m";
      }
      // says;
    in
    ''
      echo ${name}: >> found
      (cd ${(member says).source { inherit package forTests; }} && find . | LC_ALL=C sort) >> found
    '';
  published = {
    files = [ "README.md" ];
    exclude = [ "/data/secret.*" ];
  };
  files =
    let
      package = {
        path = "m";
        files = [ "/gone" ];
        test-files = [ "/proto/**/*.proto" ];
      };
    in
    ((member package).placed {
      inherit package;
      forTests = true;
    }).files;
in
pkgs.runCommand "check-member-source" { } ''
  ${listed "main" false published}
  ${listed "tests" true published}
  ${listed "all" false { files = [ "." ]; }}
  ${listed "named" false {
    files = [
      "flake.nix"
      "result"
    ];
  }}
  ${listed "included" false {
    include = [
      "src/**/*.rs"
      "{d,e}.{txt,md}"
      "/{left"
      "/[left"
      "!inner"
    ];
  }}
  ${listed "unpublished roots" false {
    exclude = [
      "bench"
      "build.rs"
      "/data"
    ];
    units = {
      build = {
        kind = "build";
      };
      "bin d" = {
        kind = "bin";
        root = "data/d.txt";
      };
      "test x" = {
        kind = "test";
        root = "bench/x";
      };
    };
  }}
  echo files: >> found
  printf '%s\n' ${builtins.concatStringsSep " " (builtins.attrNames files)} >> found
  (cd ${files.proto} && find . | LC_ALL=C sort) >> found
  diff -u ${./expected} found
  touch $out
''
