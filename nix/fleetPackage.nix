# fleetPackage pkgs name { src, graph, form, overrides }: the programs of a fleet as one package, in one of the forms of the NixOS modules.
pkgs: name:
{
  src,
  graph ? "fleet.json",
  form,
  overrides ? { },
  ...
}:
let
  dyrust = import ./mkLib.nix pkgs;
  # The option's name may be any text.
  storeName = import ./storeName.nix name;
  built = dyrust.buildFleet {
    inherit src overrides;
    name = storeName;
    graph = src + "/${graph}";
  };
in
if form == "dynamic" then
  built.environment
else if form == "grouped" then
  built.grouped
else
  dyrust.mkImage {
    inherit form;
    name = "${storeName}-${form}";
    programs = builtins.attrValues built.packages;
  }
