# A link of the documentation that leads nowhere fails the check, as a lint of clippy does; rustdoc alone warns of it.
lib:
let
  inherit (lib) pkgs;
  checks =
    arguments:
    (lib.buildGraph (
      {
        src = ../templates/default;
        overrides.hello.postPatch = "sed -i '1i //! See [`Nothing`].' src/lib.rs";
      }
      // arguments
    )).checks;
in
pkgs.runCommand "check-documentation"
  {
    refused = import ./fails.nix { inherit pkgs; } {
      derivation = (checks { }).doc-hello;
      file = builtins.toFile "expected" "error: unresolved link to `Nothing`\n";
    };
    # What the user says has the last word.
    passed = (checks { docArguments = [ ]; }).doc-hello;
  }
  ''
    [ -e $refused ] && [ -e $passed/share/doc/hello/index.html ]
    touch $out
  ''
