# outputsOf { stand-ins, own } flake: the outputs of a flake.nix, called with what it says its inputs are: flakes of stand-ins/ by their names. Their
# URLs have to be those that they are known by, `own` those of dyrust's inputs.
{ stand-ins, own }:
flake:
let
  urls = {
    dyrust = "github:dyrust/dyrust";
    nixpkgs = own.nixpkgs.url;
    flake-parts = "github:hercules-ci/flake-parts";
    rust-overlay = "github:oxalica/rust-overlay";
  };
  inputsOf = {
    dyrust = builtins.attrNames own;
    nixpkgs = [ ];
    flake-parts = [ "nixpkgs-lib" ];
    rust-overlay = [ "nixpkgs" ];
  };
  refuse = reason: throw "the flake of the book: ${reason}";
  inputs = builtins.mapAttrs (
    name:
    {
      url,
      inputs ? { },
    }:
    let
      wrong = builtins.filter (
        input: !(builtins.elem input inputsOf.${name}) || !(flake.inputs ? ${inputs.${input}.follows})
      ) (builtins.attrNames inputs);
    in
    if urls.${name} or null != url then
      refuse "the input ${name} is not ${urls.${name} or "known to checks/book/outputs-of.nix"}"
    else if wrong != [ ] then
      refuse "the input ${name} has no input ${builtins.head wrong}, or that follows none"
    else
      stand-ins.${name}
  ) flake.inputs;
  asked = builtins.attrNames (builtins.functionArgs flake.outputs);
  undeclared = builtins.filter (name: name != "self" && !(inputs ? ${name})) asked;
  outputs = flake.outputs (inputs // { self = outputs; });
in
# Nix's own registry would know a name that is not declared, but which flake that is differs.
if undeclared != [ ] then refuse "`${builtins.head undeclared}` is no input" else outputs
