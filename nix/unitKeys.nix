# unitKeys { graph, linkage, rustcVersion, rustflagsOf }: unit id → `RANGE-KEY`, which stands in `-C metadata`, file names and SONAMEs
# (docs/node-outputs.md): what the unit is, never when or where it was made. No two units of a graph have the same.
{
  graph,
  linkage,
  rustcVersion,
  # package → further arguments of rustc for its units of the target
  rustflagsOf,
}:
let
  hash = value: builtins.substring 0 16 (builtins.hashString "sha256" (builtins.toJSON value));

  rangeOf = import ./compatibleRange.nix;

  # Whose package it is; not which version of it.
  sourceOf =
    package:
    if package ? git then
      package.git.url
    else if package ? path || package ? vendored then
      "path"
    else
      package.registry or "";

  facts =
    id:
    let
      unit = graph.units.${id};
      inherit (unit) package;
      kind = unit.kind or "lib";
      host = unit.host or (kind == "proc-macro") || kind == "build";
    in
    {
      inherit kind host linkage;
      package = package.name;
      range = rangeOf package.version;
      source = sourceOf package;
      name = unit.name or package.name;
      test = unit.test or false;
      features = unit.features or [ ];
      # Stripping leaves the code as it is.
      profile =
        removeAttrs (graph.profile.${if host then "host" else "target"} // (unit.profile or { }))
          [
            "strip"
          ];
      platform = if host then graph.platform.host else graph.platform.target;
      rustflags = (graph.platform.rustflags or [ ]) ++ (if host then [ ] else rustflagsOf package);
      # A build script that is compiled for the host runs for units of the target or of the host.
      runsFor = if kind == "build" then unit.host or false else null;
      rustc = rustcVersion;
    }
    # In place of a build script's run, for one platform.
    // (if unit ? output then { inherit (unit) output; } else { });

  ids = builtins.attrNames graph.units;
  # Adds to keys that several units have what `more` says of each of these, unless it says the same of all.
  tellApart =
    more: keys:
    let
      same = builtins.mapAttrs (_key: units: {
        inherit units;
        said = import ./asSet.nix (map (id: builtins.toJSON (more id)) units);
      }) (builtins.groupBy (id: keys.${id}) ids);
    in
    builtins.mapAttrs (
      id: key:
      let
        alike = same.${key};
      in
      if builtins.length alike.units == 1 || builtins.length (builtins.attrNames alike.said) == 1 then
        key
      else
        hash [
          key
          (more id)
        ]
    ) keys;

  plain = builtins.mapAttrs (id: _unit: hash (facts id)) graph.units;
  # A unit twice: in a fleet and from git there are two versions of one range …
  byVersion = tellApart (
    id:
    let
      inherit (graph.units.${id}) package;
    in
    [
      package.version
      (package.git.rev or null)
      (package.path or package.vendored.path or null)
    ]
  ) plain;
  # … and what depends on those, or on units with other features, is there twice, too.
  keys = tellApart (
    id:
    let
      unit = graph.units.${id};
      build = unit.build or null;
    in
    map (other: keys.${other}) (
      unit.dependencies ++ (if build == null then [ ] else [ build ]) ++ (unit.metadata or [ ])
    )
  ) byVersion;

  named = builtins.mapAttrs (id: key: "${rangeOf graph.units.${id}.package.version}-${key}") keys;
  twice = builtins.filter (same: builtins.length same > 1) (
    builtins.attrValues (builtins.groupBy (id: named.${id}) ids)
  );
in
if twice == [ ] then
  named
else
  throw "dyrust: internal error: the units ${
    builtins.concatStringsSep " and " (map (id: "`${id}`") (builtins.head twice))
  } of the graph would have the same names"
