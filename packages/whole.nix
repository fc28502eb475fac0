# What is too long for `nix flake check`, or not a test: all programs of the corpus, in each form, put through their smoke tests.
{ lib, packages }:
let
  fleets = import ./fleets.nix lib;
  namesOf =
    fleet: builtins.attrNames (builtins.fromTOML (builtins.readFile (./. + "/${fleet}.toml"))).programs;
  smokedOf =
    fleet: name: programOf:
    import ../checks/corpus.nix {
      inherit lib name programOf;
      names = namesOf fleet;
    };
  smoked = smokedOf "fleet";

  # The programs of a fleet in another form.
  relinkedFleet =
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
        value = relinkedFleet form name;
      }) (builtins.attrNames fleets)
    );
in
rec {
  inherit fleets;
  groups = builtins.mapAttrs (_name: fleet: fleet.grouped) fleets;
  images = forms "image";
  statics = forms "static";

  corpus = smoked "corpus" (name: packages.${name});
  fleet = smoked "fleet" (_name: fleets.fleet.environment);
  grouped = smoked "grouped" (_name: groups.fleet);
  image = smoked "image" (_name: images.fleet);
  static = smoked "static" (_name: statics.fleet);
  forty = builtins.mapAttrs (form: programs: smokedOf "forty" "forty-${form}" (_name: programs)) {
    dynamic = fleets.forty.environment;
    grouped = groups.forty;
    image = images.forty;
    static = statics.forty;
  };

  cross = import ../checks/cross.nix lib;

  # One fixture in another form: `.#relinked.image.NAME`. The checks do it with all of them at once.
  relinked =
    let
      all = import ../checks/fixtures lib;
      forms = form: builtins.mapAttrs (_name: fixture: fixture.relinked form) all;
    in
    {
      grouped = forms "grouped";
      image = forms "image";
      static = forms "static";
    };

  # What one fixture is at run time: `.#inspectedOf.NAME`.
  inspectedOf = builtins.mapAttrs (_name: fixture: fixture.inspected) (import ../checks/fixtures lib);
  inspected = import ../checks/inspected.nix lib;
}
