# What is too long for `nix flake check`, or not a test: all programs of the corpus, in each form, put through their smoke tests.
{ lib, packages }:
let
  fleets = import ./fleets.nix lib;
  smoked = name: programOf: import ../checks/corpus.nix { inherit lib name programOf; };

  # The programs of a fleet in another form.
  relinked =
    form: name:
    lib.mkImage {
      inherit form;
      name = "${name}-${form}";
      programs = builtins.attrValues fleets.${name}.packages;
    };
  forms =
    form:
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = relinked form name;
      }) (builtins.attrNames fleets)
    );
in
rec {
  inherit fleets;
  images = forms "image";
  statics = forms "static";

  corpus = smoked "corpus" (name: packages.${name});
  fleet = smoked "fleet" (_name: fleets.fleet.environment);
  image = smoked "image" (_name: images.fleet);
  static = smoked "static" (_name: statics.fleet);

  cross = import ../checks/cross.nix lib;
  inspected = import ../checks/inspected.nix lib;
}
