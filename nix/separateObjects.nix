# separateObjects { linkedAs, pins, … }: a set of programs in the grouped form, over shared objects that are outputs of their own where they are pinned.
# As long as nothing is pinned, all is one output, without the files that only separate outputs need. `pins` of the result is for `dyrust pin`.
{
  needs,
  toolchain,
  builder,
  # A name in the store → further arguments of dyrust-link → the set, linked with them.
  linkedAs,
  name,
  # The file of the hashes.
  pins,
}:
let
  inherit (needs) system;
  linked = linkedAs name;
  # What a set is called is no part of its objects: one file of pins serves a flake, and a NixOS module that calls the same fleet otherwise.
  together = linkedAs "grouped" [ "--separate" ];
  read = import ./readPins.nix {
    file = pins;
    inherit (needs) target;
    rustcVersion = needs.rustc.version or "";
    inherit toolchain;
  };
  build = read.digest together.drvPath;
  object =
    id:
    let
      pin = read.all.${id};
    in
    if pin.build != build then
      throw "dyrust: ${baseNameOf pins} pins another build of ${name} than that of the graph; run `dyrust pin`, with `--file` or `--graph` if it is not the usual file"
    else
      import ./pinnedOutput.nix { inherit builder system; } {
        name = id;
        from = "${together}/${id}";
        inherit (pin) hash;
      };
  apart = linked (
    [ "--separate" ] ++ map (id: "--object=${id}=${object id}") (builtins.attrNames read.all)
  );
in
(if read.all == { } then linked [ ] else apart)
// {
  pins = import ./pinsToWrite.nix { inherit builder system; } {
    inherit (read) toolchain;
    units = { };
    objects = {
      inherit build;
      folder = "${together}";
    };
  };
}
