# asSet names: a set that has these names, to be asked by `?`.
names:
builtins.listToAttrs (
  map (name: {
    inherit name;
    value = true;
  }) names
)
