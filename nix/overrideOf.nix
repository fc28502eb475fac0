# overrideOf overrides set name: the user's override of that name for a package set, or nothing. Keys that dyrust does not know are refused: a
# misspelt one would do nothing.
overrides: set: name:
let
  kinds = import ./argumentKinds.nix;
  known = kinds.overrides;
  lookAt = import ./lookAt.nix;
  given = overrides.${name};
  override = lookAt "overrides.${name}" {
    is = "a set of ${builtins.concatStringsSep ", " (builtins.attrNames known)}, or a function of the package set to one";
    holds = value: builtins.isAttrs value && !(value ? outPath);
  } (if builtins.isFunction given then given set else given);
  unknown = builtins.attrNames (removeAttrs override (builtins.attrNames known));
  checked = builtins.mapAttrs (key: lookAt "overrides.${name}.${key}" known.${key}) override;
  # As mkDerivation has variables: true is "1", false an empty text; null sets none.
  variable =
    key: value:
    let
      seen = lookAt "overrides.${name}.environment.${key}" kinds.environment value;
    in
    if builtins.isBool seen then toString seen else seen;
  isSet = variables: key: variables.${key} != null;
  environmentOf =
    variables:
    builtins.listToAttrs (
      map (key: {
        name = key;
        value = variable key variables.${key};
      }) (builtins.filter (isSet variables) (builtins.attrNames variables))
    );
in
if !(overrides ? ${name}) then
  { }
else if unknown == [ ] then
  checked
  // (if override ? environment then { environment = environmentOf checked.environment; } else { })
else
  throw "dyrust: overrides.${name} has `${builtins.head unknown}`, which is none of: ${builtins.concatStringsSep ", " (builtins.attrNames known)} (docs/native.md)"
