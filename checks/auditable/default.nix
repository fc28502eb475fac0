# auditable: the published reader of cargo-auditable's section finds in each form of a program what the program is made of.
lib:
let
  inherit (lib) pkgs;
  reader = (lib.buildGraph { graph = ../rust-audit-info.json; }).packages.rust-audit-info;
  sample = (lib.buildGraph { src = ../../templates/default; }).packages.sample_bin;
  # Build scripts and a macro, and a library that is in the program.
  macros = (lib.buildGraph { src = ../fixtures/proc-macro; }).packages;
  image = lib.mkImage {
    name = "auditable-image";
    programs = [ sample ] ++ builtins.attrValues macros;
  };
  whole =
    (lib.buildGraph {
      src = ../../templates/default;
      linkage = "static";
    }).packages.sample_bin;
  forms = {
    sample_bin = [
      sample
      (lib.mkStatic sample)
      whole
      image
    ];
    ripgrep = [ (lib.buildGraph { graph = ../../packages/ripgrep.json; }).packages.rg ];
  }
  // builtins.mapAttrs (_name: program: [
    program
    image
  ]) macros;
  compare = name: built: ''
    ${reader}/bin/rust-audit-info ${built}/bin/${
      if name == "ripgrep" then "rg" else name
    } > found || fail=1
    echo >> found
    diff -u ${./.}/${name}.json found || {
      echo "${built}: ${name} does not say what checks/auditable/${name}.json does" >&2
      fail=1
    }
  '';
in
pkgs.runCommand "check-auditable" { } ''
  fail=0
  ${builtins.concatStringsSep "" (
    builtins.concatMap (name: map (compare name) forms.${name}) (builtins.attrNames forms)
  )}
  [ $fail = 0 ]
  touch $out
''
