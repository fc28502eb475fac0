# unusedOverrides overrides packages: the names among overrides that none of these packages goes by (overrideNames.nix): misspelt ones, and those
# of crates that an update has taken out.
overrides: packages:
let
  names = builtins.concatMap (import ./overrideNames.nix) packages;
in
builtins.attrNames (removeAttrs overrides names)
