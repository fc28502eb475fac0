# unusedOverrides overrides packages: the names among overrides that none of these packages goes by (overrideNames.nix): misspelt ones, and those
# of crates that an update has taken out.
overrides: packages:
let
  names = builtins.concatMap (import ./overrideNames.nix) packages;
  known = builtins.listToAttrs (
    map (name: {
      inherit name;
      value = null;
    }) names
  );
in
builtins.attrNames (removeAttrs overrides (builtins.attrNames known))
