# buildGraph { src, … }: everything that a crate graph describes: programs, libraries, tests.
#
#     packages, units      the programs by name; every crate, by its unit's id
#     default              what `cargo build` makes, as one package
#     libraries            those for other languages (cdylib, staticlib), as libNAME
#     checks               the programs, the members' tests, lints and documentation, and the format
#     devShell, formatter  to work on the workspace with cargo; for `nix fmt`
#     notices              what the manifests ask for and a dynamic build can't give
#     pins                 what `dyrust pin` builds
#     debugInformation     one folder for gdb, where `debug = true`
context@{
  pkgs,
  needs,
  fetchSource,
  nodeInput,
  unit,
  action,
  toolchain,
  builder,
  programPackage,
}:
let
  # As `override` of the programs calls it again.
  buildGraph = import ./checked.nix "buildGraph" (import ./buildGraph.nix context);
  kinds = import ./argumentKinds.nix;
  lookAt = import ./lookAt.nix;
in
arguments@{
  # The workspace's folder. Not needed for a graph made with `dyrust import --crate`.
  src ? null,
  # Folders of path dependencies outside of `src`, by their path in the graph. Example: { "../lib" = inputs.lib; }
  outside ? { },
  # The graph; `dyrust import` writes it beside Cargo.lock. A file, or what is in it.
  graph ? src + "/crate-graph.json",
  # The pins that `dyrust pin` writes beside the graph: hashes of libraries, which keep their paths as long as they are the same bytes.
  # A file, or null for none.
  pins ?
    if builtins.isAttrs graph then
      null
    else
      dirOf graph + "/${import ./pinsName.nix "pins" (baseNameOf graph)}",
  # Native libraries and tools for -sys crates: an attribute set from a `links` key or a crate's name to
  # { libraries, tools, environment, patches, … } or a function of pkgs to one; added to those of nix/overrides, and stronger.
  overrides ? { },
  # "dynamic": a dylib a crate. "static": each program alone, with its crates inside.
  linkage ? "dynamic",
  # Whether libraries and programs have an output `debug`; `debugInformation` has those of all.
  debug ? false,
  # Whether what is built has a path that is made of what is in it, so that what would become the same again is not built: for a Nix with the
  # experimental feature `ca-derivations`.
  contentAddressed ? false,
  # What clippy is told beyond the lints of the manifests. Example: [ "-Dwarnings" ]
  clippyArguments ? [ "-Dwarnings" ],
  # What rustdoc is told beyond them when a member's documentation is checked: by default a link that leads nowhere is an error. Example:
  # [ "-Arustdoc::private-intra-doc-links" "-Dwarnings" ]
  docArguments ? [ "-Dwarnings" ],
  # What the programs' packages have beside the program, by its name: attributes of `mkDerivation`, or a function as `overrideAttrs` takes
  # one. Example: { rg = { nativeBuildInputs = [ pkgs.installShellFiles ]; postInstall = "installManPage doc/rg.1"; }; }
  packageAttributes ? { },
  # Packages whose programs the tests of members find on their PATH, beside what every build in Nix has (`ls`, `sh`, `grep`, …).
  testTools ? [ ],
}:
let
  graphOf = tests: graphWith { inherit tests; };
  # With further arguments of graph.nix.
  graphWith =
    more:
    import ./graph.nix (
      more
      // {
        file =
          if src == null && !(arguments ? graph) then
            throw "dyrust: buildGraph was given neither `src`, the workspace's folder, nor `graph`"
          else
            graph;
        inherit src outside;
        inherit (needs) target host;
      }
    );
  place = import ./outside.nix {
    inherit src;
    given = outside;
  };
  # The same for the graph of the tests: its packages are these.
  memberSource = import ./memberSource.nix {
    inherit src place;
    inherit (platformGraph) files targets;
    packages = builtins.filter (package: package ? path) (builtins.attrValues platformGraph.packages);
  };

  crateOverride = import ./crateOverride.nix { inherit pkgs overrides; };
  ownEnvironment = import ./ownEnvironment.nix {
    inherit pkgs overrides;
    inherit (needs) build isCross;
  };
  sourceOf = fetchSource {
    inherit memberSource src;
    inherit (platformGraph) registries;
  };

  # A graph with a derivation for each unit. A unit that is the same in the graph of the tests is the same derivation.
  resolve =
    {
      graph,
      linkage,
      # As nix/unit.nix has it.
      pinOf ? _id: _node: null,
    }:
    let
      overridesFor = import ./overridesFor.nix {
        inherit pkgs overrides graph;
        inherit (needs) build isCross;
      };
      input = nodeInput {
        inherit
          graph
          linkage
          overridesFor
          ownEnvironment
          crateOverride
          memberSource
          ;
        patchedSource = import ./patchedSource.nix needs.build;
        nodes = units;
        fetchSource = fetchSource {
          inherit memberSource src;
          inherit (graph) registries;
        };
      };
      pinnedBelow = import ./pinnedBelow.nix {
        inherit graph;
        nodes = units;
      };
      # The same graph with libraries that are in their programs.
      static =
        if linkage == "rlib" then
          { inherit input; }
        else
          resolve {
            inherit graph;
            linkage = "rlib";
          };
      units = builtins.mapAttrs (
        id: graphUnit:
        unit {
          nodeInput = if isWithoutStd graphUnit then static.input else input;
          inherit debug contentAddressed pinOf;
          pinnedBelow = if linkage == "dylib" then pinnedBelow else _unit: [ ];
        } id graphUnit
      ) graph.units;
    in
    {
      inherit
        graph
        input
        units
        static
        overridesFor
        ;
    };
  linkageOfUnits =
    {
      dynamic = "dylib";
      static = "rlib";
    }
    .${linkage};
  platformGraph = graphOf false;
  pinned = import ./pins.nix {
    file = pins;
    graph = platformGraph;
    inherit toolchain builder;
    inherit (needs) system;
    rustcVersion = needs.rustc.version or "";
  };
  main = resolve {
    graph = platformGraph;
    linkage = linkageOfUnits;
    pinOf = pinned.of;
  };
  inherit (main) input;
  units = import ./sayUnused.nix overrides (builtins.attrValues platformGraph.packages) (
    import ./sayUnusedOutside.nix outside graph main.units
  );
  staticInput = main.static.input;
  # A graph of plain `dyrust import --tests` has the tests among the rest. What only tests load is not pinned.
  testing =
    if platformGraph.hasTests then
      resolve {
        graph = graphOf true;
        linkage = linkageOfUnits;
      }
    else
      main;

  # A program without std has a panic handler of its own. A shared object has to have std, and with it another one: the libraries
  # of such a program are in it. What decides is the program's root.
  isWithoutStd =
    graphUnit: graphUnit.kind or "lib" == "bin" && rootIsWithoutStd graphUnit (rootOf graphUnit);
  rootOf =
    graphUnit:
    if src == null || graphUnit.test or false || !(graphUnit.package ? path) then
      null
    else
      builtins.readFile (place graphUnit.package.path + "/${graphUnit.root or "src/lib.rs"}");
  rootIsWithoutStd =
    graphUnit: text:
    text != null
    && import ./isWithoutStd.nix {
      inherit text;
      features = graphUnit.features or [ ];
      inherit (needs) target;
    };
  withoutStd = builtins.filter (id: isWithoutStd platformGraph.units.${id}) platformGraph.roots;

  # The libraries for other languages: lib/libNAME.so of a `cdylib`, lib/libNAME.a of a `staticlib`, which holds all that it needs.
  typesForC =
    id:
    builtins.filter (type: type == "cdylib" || type == "staticlib") (
      platformGraph.units.${id}.types or [ ]
    );
  isLibraryForC =
    id:
    platformGraph.units.${id}.kind or "lib" == "lib"
    && !(platformGraph.units.${id}.test or false)
    && !(platformGraph.units.${id}.isExample or false)
    && typesForC id != [ ];
  forC =
    id: cType:
    let
      graphUnit = platformGraph.units.${id};
      root = rootOf graphUnit;
      # A library for C is as a program in this: without a panic handler of its own it has std after all.
      hasHandler = root != null && builtins.length (builtins.split "panic_handler" root) > 1;
      isWhole = cType == "staticlib" || hasHandler && rootIsWithoutStd graphUnit root;
      base = if isWhole then staticInput else input;
    in
    unit {
      nodeInput =
        graphUnit:
        let
          own = base graphUnit;
        in
        own
        // {
          unit = own.unit // {
            inherit cType;
          };
        };
      inherit debug contentAddressed;
    } id platformGraph.units.${id};
  libraryForC =
    id:
    let
      graphUnit = platformGraph.units.${id};
      inherit (graphUnit) package;
      pname = "lib${package.name}";
    in
    {
      name = "lib${graphUnit.name or (builtins.replaceStrings [ "-" ] [ "_" ] package.name)}";
      value =
        import ./joinOutputs.nix {
          inherit pkgs;
        } "${pname}-${package.version}" (map (forC id) (typesForC id))
        // {
          inherit pname;
          inherit (package) version;
          meta = removeAttrs (programMeta package null) [ "mainProgram" ];
        };
    };
  librariesForC = builtins.listToAttrs (
    map libraryForC (builtins.filter isLibraryForC platformGraph.roots)
  );

  programMeta =
    package: name:
    import ./programMeta.nix { inherit pkgs; } {
      graph = platformGraph;
      inherit package name;
    };
  program =
    id:
    let
      graphUnit = platformGraph.units.${id};
      name = graphUnit.name or graphUnit.package.name;
    in
    {
      inherit name;
      value =
        let
          inherit (graphUnit) package;
          given = lookAt "packageAttributes.${name}" kinds.attributes packageAttributes.${name};
          plain = programPackage {
            inherit name package;
            node = units.${id};
            meta = programMeta package name;
            tests = workspaceChecks.testsOf package;
            source = sourceOf {
              inherit package;
              forTests = false;
            };
            scriptOutput = if graphUnit ? build then "${units.${graphUnit.build}.out}" else null;
            override =
              change:
              (buildGraph (
                arguments
                // lookAt "what `override` of ${name} is given" kinds.changes (
                  if builtins.isFunction change then change arguments else change
                )
              )).packages.${name};
          };
          # What an attribute set says of `meta` and `passthru` is added, as everything else.
          add =
            old:
            given
            // {
              meta = old.meta // given.meta or { };
              passthru = old.passthru // given.passthru or { };
            };
        in
        if packageAttributes ? ${name} then
          plain.overrideAttrs (if builtins.isFunction given then given else add)
        else
          plain;
    };
  isProgram =
    id: platformGraph.units.${id}.kind or "lib" == "bin" && !(platformGraph.units.${id}.test or false);
  programs = builtins.filter isProgram platformGraph.roots;
  # Pins are made of what is built without any: those that are there may not fit.
  unpinned = resolve {
    graph = platformGraph;
    linkage = linkageOfUnits;
  };
  isPinnable =
    id:
    let
      graphUnit = platformGraph.units.${id};
    in
    builtins.elem (graphUnit.kind or "lib") [
      "lib"
      "bin"
    ]
    && !(graphUnit.test or false)
    && unpinned.units.${id}.isPinnable;
  packages = import ./knownPrograms.nix packageAttributes (
    builtins.listToAttrs (map program programs)
  );
  workspaceChecks = import ./workspaceChecks.nix {
    inherit
      main
      testing
      action
      clippyArguments
      docArguments
      src
      ;
    testTools = pkgs.stdenv.initialPath ++ testTools;
    inherit (needs) isCross;
  };
in
{
  inherit packages units;

  # The libraries that are asked for with the crate type `cdylib` or `staticlib`, as libNAME.
  libraries = librariesForC;

  # What `cargo build` makes, as one package: the only program, or the root package's by its name; else all that was asked for, in one folder.
  default =
    let
      isMain =
        id:
        let
          inherit (platformGraph.units.${id}) package;
        in
        package.path or "." == "." && package.name == (program id).name;
      outputOf =
        id:
        if isLibraryForC id then
          (libraryForC id).value
        else if isProgram id then
          packages.${(program id).name}
        else
          units.${id};
      chosen = if builtins.length programs == 1 then programs else builtins.filter isMain programs;
    in
    if chosen != [ ] then
      packages.${(program (builtins.head chosen)).name}
    else
      import ./joinOutputs.nix { inherit pkgs; } "workspace" (
        map outputOf (builtins.filter (id: !(platformGraph.units.${id}.test or false)) platformGraph.roots)
      );

  # The programs, and for every member its tests (of a graph made with `dyrust import --with-tests`), lints and documentation, and the format.
  checks =
    packages
    // workspaceChecks.all
    // (if src == null then { } else import ./formatCheck.nix { inherit pkgs needs; } src);

  # For gdb's `set debug-file-directory …/lib/debug`.
  debugInformation = import ./debugInformation.nix { inherit pkgs; } (builtins.attrValues units);

  # What `dyrust pin` builds and reads: every library that programs load, their own code among them, and what its pin is kept by.
  pins =
    import ./pinsToWrite.nix
      {
        inherit builder;
        inherit (needs) system;
      }
      {
        inherit (pinned) toolchain;
        units = builtins.listToAttrs (
          map (id: {
            name = id;
            value = {
              out = "${unpinned.units.${id}.loaded}";
              build = pinned.build unpinned.units.${id};
            };
          }) (builtins.filter isPinnable (builtins.attrNames units))
        );
      };

  # A shell to work on the workspace with cargo. It is where a lock and a graph are made current, and there before they are.
  devShell =
    let
      shellGraph = graphWith {
        tests = builtins.any (platform: platform.tests or false) (import ./readGraph.nix graph).platforms;
        allowStale = true;
      };
    in
    import ./devShell.nix { inherit pkgs needs; } {
      graph = shellGraph;
      overridesFor = import ./overridesFor.nix {
        inherit pkgs overrides;
        graph = shellGraph;
        inherit (needs) build isCross;
      };
    };

  # For `nix fmt`: `cargo fmt --all`; of files that are named, rustfmt.
  formatter = import ./formatter.nix { inherit pkgs needs; };

  notices =
    platformGraph.notices
    ++ map (id: {
      kind = "no-std";
      text = "`${id}` is without std; its libraries are linked into it, as shared objects need std.";
      packages = [ ];
    }) withoutStd;
}
