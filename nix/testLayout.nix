# testLayout { pkgs } program programs: a test program where Cargo has it, `target/release/deps/NAME`, below the package's programs ({ NAME =
# path; }) in `target/release`. Many tests look for the programs that they start beside the folder of their own file. Gives the test's path.
{ pkgs }:
program: programs:
let
  links = map (name: "ln -s ${programs.${name}} $out/target/release/${name}\n") (
    builtins.attrNames programs
  );
  # The file itself, since a link would be followed to where it is in the store.
  folder =
    (pkgs.buildPackages or pkgs).runCommand
      "${builtins.baseNameOf (builtins.unsafeDiscardStringContext program)}-layout"
      { }
      ''
        mkdir -p $out/target/release/deps
        cp ${program} $out/target/release/deps
        ${builtins.concatStringsSep "" links}'';
in
"${folder}/target/release/deps/${builtins.baseNameOf program}"
