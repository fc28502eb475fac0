# nodeInput { … } unit: what the builder is told of one unit (docs/node-outputs.md).
{
  toolchain,
  # What build scripts find on their PATH, whatever they are.
  scriptTools,
  # The flags by which C code is hardened where nothing else is said.
  hardening,
  # The compiler's version, where its package tells one.
  rustcVersion,
}:
{
  graph,
  fetchSource,
  # What members see of their workspace.
  memberSource,
  overridesFor,
  # unit → the variables that the user's overrides set for its package (ownEnvironment.nix)
  ownEnvironment,
  # package → what overrides change of the crate itself (crateOverride.nix)
  crateOverride,
  # patchedSource.nix
  patchedSource,
  # unit id → its derivation
  nodes,
  linkage,
}:
let
  # The facts behind Cargo's CARGO_PKG_ variables.
  facts = {
    authors = null;
    description = null;
    homepage = null;
    repository = null;
    license = null;
    license-file = null;
    readme = null;
    rust-version = null;
  };
  packageName = package: "${package.name} ${package.version}";
  # The packages that were asked for.
  primaryPackages = import ./asSet.nix (map (id: packageName graph.units.${id}.package) graph.roots);
  replaceDashes = builtins.replaceStrings [ "-" ] [ "_" ];
  crateName = unit: unit.name or (replaceDashes unit.package.name);
  keys = import ./unitKeys.nix {
    inherit graph linkage rustcVersion;
    rustflagsOf = package: (crateOverride package).rustflags;
  };
in
unit:
let
  inherit (unit) package;
  kind = unit.kind or "lib";
  isBuild = kind == "build";
  host = unit.host or (kind == "proc-macro");
  isLibrary = (kind == "lib" || kind == "proc-macro") && !(unit.test or false);
  # Examples, also those of the documentation, and benchmarks may read what is not published, too.
  forTests =
    unit.test or false
    || unit.isDocTest or false
    || unit.isExample or false
    || builtins.elem kind [
      "test"
      "bench"
      "example"
    ];
  isProgram = !isLibrary && !isBuild;

  profileOf = side: graph.profile.${side} // (unit.profile or { });
  profile = profileOf (if host || isBuild then "host" else "target");

  dependency =
    used:
    let
      externs = unit.renames.${used} or [ (crateName graph.units.${used}) ];
    in
    map (extern: {
      inherit extern;
      dev = "${nodes.${used}.dev}";
    }) externs;

  isOutside = package ? path && import ./isBelow.nix package.path "..";
  placed =
    if package ? path then
      memberSource.placed { inherit package forTests; }
    else
      {
        member = null;
        files = { };
      };
  inherit (placed) files;
  # A package outside of the workspace that reads files around it lies in the build as it lies to the workspace.
  inWorkspace = package ? path && (!isOutside || files != { });

  crate = crateOverride package;
  # A crate without a build script may ask for a library by `#[link]`.
  overrides = if isBuild || !(unit ? build) then overridesFor unit else { };
  given = builtins.attrValues overrides;
  # The C compiler finds the libraries' headers through CPATH. pkg-config leaves out folders named there, and a crate that
  # hands them on to dependents' build scripts would have none to hand on.
  pkgConfig =
    if given == [ ] then
      { }
    else
      {
        PKG_CONFIG_ALLOW_SYSTEM_CFLAGS = "1";
        PKG_CONFIG_ALLOW_SYSTEM_LIBS = "1";
      };
in
(
  if kind == "bin" && !(unit.test or false) then
    { auditable = import ./auditable.nix graph unit.id; }
  else
    { }
)
// {
  unit = {
    id = keys.${unit.id};
    package = package.name;
    inherit (package) version;
    inherit kind host profile;
    name =
      if isBuild then
        "build_script"
      else if kind == "lib" || kind == "proc-macro" then
        crateName unit
      else
        unit.name or package.name;
    root = unit.root or (if isBuild then "build.rs" else "src/lib.rs");
    edition = unit.edition or package.edition or "2015";
    features = unit.features or [ ];
    # Cargo's `is_local`: the lints of other packages are off.
    local = package ? path;
    declaredFeatures = package.features or [ ];
    lints = package.lints or [ ];
    test = unit.test or false;
    harness = unit.harness or true;
    # In place of a build script's run.
    output = unit.output or null;
    links = package.links or null;
    facts = builtins.intersectAttrs facts package;
    # What a build script is told of the package it runs for.
    runProfile = profileOf (if host then "host" else "target");
    profileName = graph.profile.name;
    profileRoot =
      graph.profile.root or (
        if
          builtins.elem graph.profile.name [
            "dev"
            "test"
            "debug"
          ]
        then
          "dev"
        else
          "release"
      );
    # One codegen unit makes smaller libraries in no more CPU time; programs are what a developer waits for.
    codegenUnits = profile.codegen-units or (if isProgram then 4 else 1);
    primary = primaryPackages ? ${packageName package};
    linkage = if host || isBuild then "rlib" else linkage;
  };
  source = patchedSource crate package (package.git.folder or ".") (fetchSource {
    inherit package forTests;
  });
  folder = if crate.src == null then package.git.folder or "." else ".";
  # Where the package is in its workspace: rustc starts in the workspace's folder, as with Cargo.
  # Outside of it, in the package's own.
  member = if inWorkspace then placed.member else null;
  inherit files;
  # What paths in messages and debug information begin with. Not with the version: dependents hold paths of what they inline, and an update that
  # changes nothing of that is to leave them as they are.
  display =
    if !inWorkspace || isOutside then
      "${package.name}-${import ./compatibleRange.nix package.version}"
    else if placed.member == "." then
      ""
    else
      placed.member;
  platform = {
    inherit (graph.platform) target host;
    rustflags = (graph.platform.rustflags or [ ]) ++ (if host || isBuild then [ ] else crate.rustflags);
  };

  dependencies = builtins.concatMap dependency unit.dependencies;
  build =
    if unit ? build then
      {
        out = "${nodes.${unit.build}.out}";
        dev = "${nodes.${unit.build}.dev}";
      }
    else
      null;
  metadata = map (id: "${nodes.${id}.dev}") (unit.metadata or [ ]);
  binaries = builtins.mapAttrs (name: id: "${nodes.${id}.out}/bin/${name}") (unit.binaries or { });

  # What the crate loads by name while it runs is found by the programs that it is part of.
  runtimeLibraries =
    if isBuild || host then
      [ ]
    else
      map (library: "${library.lib or library.out or library}/lib") (
        builtins.concatMap (override: override.runtimeLibraries) (builtins.attrValues (overridesFor unit))
      );
  inherit toolchain;
  hardening =
    if isBuild then
      import ./hardeningFlags.nix {
        default = hardening;
        enable = crate.hardeningEnable;
        disable = crate.hardeningDisable;
      }
    else
      [ ];
  tools = map toString (
    builtins.concatMap (override: override.tools) given ++ (if isBuild then scriptTools else [ ])
  );
  # Of packages with several outputs, the one with the headers and the one with the libraries. The builder follows what they propagate.
  libraries = builtins.concatMap (
    library:
    let
      headers = "${library.dev or library}";
      files = "${library.lib or library.out or library}";
    in
    if headers == files then
      [ headers ]
    else
      [
        headers
        files
      ]
  ) (builtins.concatMap (override: override.libraries) given);
  environment = builtins.foldl' (all: override: all // override.environment) (
    (if isBuild then import ./scriptEnvironment.nix graph.environment else graph.environment)
    // pkgConfig
    # What nix/overrides sets is for build scripts.
    // (if isBuild || !(unit ? build) then { } else ownEnvironment unit)
  ) given;
}
