# unitName unit: what a unit's derivation is called in the store.
unit:
let
  inherit (unit) package;
  kind = unit.kind or "lib";
  isLibrary = kind == "lib" || kind == "proc-macro";
  suffix =
    if kind == "build" then
      "-build"
    else if unit.test or false && isLibrary then
      "-unittest"
    else if isLibrary then
      (if unit.host or false then "-host" else "")
    else if unit.name or package.name == package.name then
      ""
    else
      "-${unit.name}";
in
import ./storeName.nix "${package.name}-${package.version}${suffix}"
