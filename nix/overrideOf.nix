# overrideOf overrides set name: the user's override of that name for a package set, or nothing. Keys that dyrust does not know are refused: a
# misspelt one would do nothing.
overrides: set: name:
let
  known = {
    libraries = null;
    tools = null;
    runtimeLibraries = null;
    environment = null;
    hardeningDisable = null;
    hardeningEnable = null;
    src = null;
    patches = null;
    postPatch = null;
    rustflags = null;
  };
  given = overrides.${name} or { };
  override = if builtins.isFunction given then given set else given;
  unknown = builtins.attrNames (removeAttrs override (builtins.attrNames known));
in
if unknown == [ ] then
  override
else
  throw "dyrust: overrides.${name} has `${builtins.head unknown}`, which is none of: ${builtins.concatStringsSep ", " (builtins.attrNames known)} (docs/native.md)"
