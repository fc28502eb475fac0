# graph { file, src, outside, target, host, tests }: the crate graph for one platform, or of its tests alone: packages, units and roots, with
# every default filled in that needs no look at other packages. Linear in the number of units, and lazy: a unit costs nothing until it is
# asked for.
{
  file,
  src ? null,
  # Folders outside of `src`, by their path in the graph.
  outside ? { },
  target,
  host ? target,
  # What `dyrust import --with-tests` resolved apart for the tests.
  tests ? false,
  # Whether one that is not current is only warned of.
  allowStale ? false,
}:
let
  raw = import ./readGraph.nix file;
  graphName = if builtins.isAttrs file then "the graph" else baseNameOf file;
  isFleet = raw ? selection.fleet;

  packages = import ./packagesOf.nix raw;
  graph = raw // {
    inherit packages;
  };

  place = import ./outside.nix {
    src =
      if src == null && raw ? lock then
        throw "dyrust: ${graphName} is of a workspace; give its folder, too: buildGraph { src = ./.; … }"
      else
        src;
    given = outside;
  };
  manifests = builtins.filter (name: builtins.match "(.*/)?Cargo\\.toml" name != null) (
    builtins.attrNames (raw.inputs or { })
  );
  stale =
    if graph ? lock || (isFleet && src != null) then
      import ./staleness.nix {
        graph = raw;
        hashOf =
          name: if builtins.pathExists (place name) then builtins.hashFile "sha256" (place name) else null;
        layout = if raw ? layout then import ./layout.nix { inherit place manifests; } else null;
        newMembers = import ./newMembers.nix {
          inherit src;
          patterns = raw.members or [ ];
          exclude = raw.exclude or [ ];
          known = manifest: raw.inputs ? ${manifest};
        };
        lockText =
          if !(graph ? lock) then
            ""
          else if builtins.pathExists (src + "/${graph.lock}") then
            builtins.readFile (src + "/${graph.lock}")
          else
            null;
      }
    else
      null;

  # Platforms.
  indexes = builtins.filter (
    index:
    let
      platform = builtins.elemAt graph.platforms index;
    in
    platform.target == target
    && platform.host or platform.target == host
    && platform.tests or false == tests
  ) (builtins.genList (index: index) (builtins.length graph.platforms));
  index =
    if indexes == [ ] then
      throw "dyrust: ${graphName} was not made for ${target}${
        if host == target then "" else " on ${host}"
      }; ${
        if isFleet then
          "add it to `platforms` in ${raw.selection.fleet}, and run `${
            import ./importCommand.nix { inherit file raw; } [ ]
          }`"
        else
          "run `${
            import ./importCommand.nix { inherit file raw; } (
              # It may be there for another host.
              map (known: "--target ${known}") (
                builtins.filter (known: known != target) (
                  map (platform: platform.target) (
                    builtins.filter (platform: !(platform.tests or false)) graph.platforms
                  )
                )
                ++ [ target ]
              )
              # A platform that is the host of others is one for itself with `--host`, too.
              ++ (
                if host == target && !(builtins.any (platform: platform.host or null == host) graph.platforms) then
                  [ ]
                else
                  [ "--host ${host}" ]
              )
            )
          }`"
      }"
    else
      toString (builtins.head indexes);
  applies = condition: builtins.elem index (builtins.split " " condition);
  # What `when` adds on this platform.
  conditional =
    when:
    builtins.concatMap (condition: if applies condition then when.${condition} else [ ]) (
      builtins.attrNames when
    );
  forPlatform =
    list: item:
    if item ? when then (item.${list} or [ ]) ++ conditional item.when else item.${list} or [ ];

  unitId =
    packageId: key:
    let
      short = builtins.substring 0 4 key;
    in
    if key == "lib" then
      packageId
    else if short == "lib " && builtins.substring 4 1 key == "~" then
      "${packageId} ${builtins.substring 4 (-1) key}"
    else
      "${packageId} ${key}";

  # An example whose `crate-type` is a library is built as one; `isExample` says what it is.
  asLibrary =
    package: unit:
    if
      unit.kind or "lib" == "example"
      && !(unit.test or false)
      && unit ? types
      && !(builtins.elem "bin" unit.types)
    then
      {
        kind = if unit.types == [ "proc-macro" ] then "proc-macro" else "lib";
        name = builtins.replaceStrings [ "-" ] [ "_" ] (unit.name or package.name);
        isExample = true;
      }
    else
      { };

  unitsOf =
    packageId:
    let
      package = packages.${packageId};
    in
    map (key: rec {
      name = unitId packageId key;
      value =
        package.units.${key}
        // asLibrary package package.units.${key}
        // {
          id = name;
          inherit package;
          dependencies = forPlatform "dependencies" package.units.${key};
          metadata =
            (package.units.${key}.metadata or [ ]) ++ conditional (package.units.${key}.metadata-when or { });
        };
    }) (builtins.attrNames (package.units or { }));
  isNotCurrent = "${graphName} is not current: ${stale}; run `${
    import ./importCommand.nix { inherit file raw; } [ ]
  }`, which asks for the same again";
in
if stale != null && !allowStale then
  throw "dyrust: ${isNotCurrent}"
else
  (if stale == null then (value: value) else builtins.trace "dyrust: warning: ${isNotCurrent}") {
    inherit packages;
    units = builtins.listToAttrs (builtins.concatMap unitsOf (builtins.attrNames packages));
    roots = forPlatform "units" graph.roots;
    hasTests = builtins.any (platform: platform.tests or false) graph.platforms;
    platform = (builtins.elemAt graph.platforms (builtins.fromJSON index)) // {
      inherit target host;
    };
    # All that it was made for.
    inherit (graph) platforms;
    profile = graph.profile;
    files = graph.files or [ ];
    targets = graph.targets or { };
    environment = graph.environment or { };
    notices = graph.notices or [ ];
    registries = graph.registries or { };
  }
