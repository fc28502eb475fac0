# unit { … } id: the derivation of one unit (docs/node-outputs.md says what goes in and what comes out).
{
  system,
  builder,
  toolchain,
}:
{
  graph,
  fetchSource,
  overrides,
  # unit id → its derivation
  nodes,
  linkage,
}:
let
  facts = [
    "authors"
    "description"
    "homepage"
    "repository"
    "license"
    "license-file"
    "readme"
    "rust-version"
  ];
  none = {
    tools = [ ];
    libraries = [ ];
    environment = { };
  };
  replaceDashes = builtins.replaceStrings [ "-" ] [ "_" ];
  # Names in the store allow less than crate names and versions do.
  storeName = builtins.replaceStrings [ "+" " " "~" ] [ "-" "-" "-" ];

  crateName = unit: unit.name or (replaceDashes unit.package.name);
  isProgram = kind: kind == "bin" || kind == "example" || kind == "test" || kind == "bench";
in
id: unit:
let
  inherit (unit) package;
  kind = unit.kind or "lib";
  host = unit.host or (kind == "proc-macro");
  isBuild = kind == "build";
  program = isProgram kind || unit.test or false;
  shared = !host && linkage == "dylib" && kind == "lib" && !program;

  override = none // (overrides.${package.links or package.name} or overrides.${package.name} or { });

  dependency =
    dependencyId:
    let
      node = nodes.${dependencyId};
      externs = unit.renames.${dependencyId} or [ (crateName graph.units.${dependencyId}) ];
    in
    map (extern: {
      inherit extern;
      dev = "${node.dev}";
    }) externs;

  profileOf = side: graph.profile.${side} // (unit.profile or { });
  profile = profileOf (if host || isBuild then "host" else "target");

  suffix =
    if isBuild then
      "-build"
    else if kind == "lib" && !program then
      (if host then "-host" else "")
    else if kind == "proc-macro" && !program then
      ""
    else if kind == "lib" || kind == "proc-macro" then
      "-unittest"
    else if unit.name or package.name == package.name then
      ""
    else
      "-${unit.name}";
  versionName = "${package.name}-${package.version}";
in
derivation {
  name = storeName "${versionName}${suffix}";
  inherit system;
  builder = "${builder}";
  __structuredAttrs = true;
  outputs =
    if shared || program || isBuild then
      [
        "out"
        "dev"
      ]
    else
      [ "dev" ];

  unit = {
    package = package.name;
    inherit (package) version;
    inherit kind host;
    name =
      if isBuild then
        "build_script"
      else
        unit.name or (if program && kind != "lib" then package.name else replaceDashes package.name);
    root = unit.root or (if isBuild then "build.rs" else "src/lib.rs");
    edition = unit.edition or package.edition or "2015";
    types = unit.types or [ "lib" ];
    features = unit.features or [ ];
    test = unit.test or false;
    harness = unit.harness or true;
    links = package.links or null;
    facts = builtins.intersectAttrs (builtins.listToAttrs (
      map (name: {
        inherit name;
        value = null;
      }) facts
    )) package;
    inherit profile;
    # What a build script is told of the package it runs for.
    runProfile = profileOf (if host then "host" else "target");
    profileName = graph.profile.name;
    codegenUnits = profile.codegen-units or (if program then 4 else 1);
    primary = package ? path;
    linkage = if host || isBuild || kind == "proc-macro" then "rlib" else linkage;
  };
  source = "${fetchSource package}";
  folder = package.git.folder or ".";
  display =
    if package.path or "." == "." then (if package ? path then "" else versionName) else package.path;
  platform = {
    inherit (graph.platform) target host;
    rustflags = graph.platform.rustflags or [ ];
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
  metadata = map (script: "${nodes.${script}.dev}") (unit.metadata or [ ]);
  binaries = builtins.mapAttrs (name: binary: "${nodes.${binary}.out}/bin/${name}") (
    unit.binaries or { }
  );

  inherit toolchain;
  tools = map toString override.tools;
  libraries = map (library: "${library.dev or library}") override.libraries;
  inherit (override) environment;

  outputChecks.out.disallowedReferences = [
    toolchain.rustc
    toolchain.cc
    toolchain.sysroot
  ];
}
