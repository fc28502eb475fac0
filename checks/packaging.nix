# What packagers of nixpkgs know holds for programs of dyrust: meta, override, overrideAttrs, tests, and crates that are patched, replaced or
# compiled with other flags (docs/packaging.md).
lib:
let
  inherit (lib) pkgs;
  folder = ./fixtures/packaged;
  build = arguments: (lib.buildGraph ({ src = folder; } // arguments)).packages.packaged;
  plain = build { };

  # What the program's package may have beside it.
  attributes = {
    postInstall = ''
      install -Dm644 $OUT_DIR/packaged.1 $out/share/man/man1/packaged.1
      install -Dm644 Cargo.toml $out/share/doc/packaged/Cargo.toml
      mv $out/bin/packaged $out/bin/.packaged-wrapped
      printf '#!%s\necho wrapped\nexec %s "$@"\n' "$SHELL" $out/bin/.packaged-wrapped > $out/bin/packaged
      chmod +x $out/bin/packaged
    '';
    meta.longDescription = "At length.";
  };
  packaged = build { packageAttributes.packaged = attributes; };
  # The same by the package's own functions, one after the other, in either order.
  changed = plain.overrideAttrs (old: {
    inherit (attributes) postInstall;
    meta = old.meta // attributes.meta;
  });
  loud = {
    overrides.packaged.rustflags = [
      "--cfg"
      "loud"
    ];
  };
  both =
    (changed.override loud).drvPath == ((plain.override (_old: loud)).overrideAttrs (
      _final: old: {
        inherit (attributes) postInstall;
        meta = old.meta // attributes.meta;
      }
    )).drvPath;

  # As nixpkgs' `lib.getOutput` has it.
  outputOf =
    output: package:
    if package.outputSpecified or false then package else package.${output} or package.out or package;
  debugged = build { debug = true; };
  stale = lib.buildGraph {
    src = folder;
    graph = builtins.fromJSON (builtins.readFile (folder + "/crate-graph.json")) // {
      edited = true;
    };
  };

  # Fields of `meta` that are no licence of a library.
  meta = removeAttrs plain.meta [
    "license"
    "outputsToInstall"
  ];
  licenseOf =
    expression:
    import ../nix/license.nix {
      licenses = {
        inherit mit asl20;
      }
      // operators;
    } expression;
  mit.spdxId = "MIT";
  asl20.spdxId = "Apache-2.0";
  operators.OR = licenses: { inherit licenses; };
  alone = import ../nix/license.nix;

  mkLib = import ../nix/mkLib.nix;
  inherit (pkgs.stdenv.hostPlatform) system;
  mkFlake = (import ../nix).mkFlake { legacyPackages.${system} = pkgs; };
  flake = mkFlake { src = folder; };
  unimported = mkFlake { src = ./fixtures; };
  capi = (lib.buildGraph { src = ./fixtures/c-library; }).libraries.libcapi;
  # Arguments that are as they shall not be.
  refused =
    let
      isRefused = value: !(builtins.tryEval value).success;
      build' = arguments: (lib.buildGraph ({ src = folder; } // arguments)).packages.packaged.drvPath;
      flake' = arguments: (mkFlake ({ src = folder; } // arguments)).packages.${system}.default.drvPath;
    in
    map isRefused [
      (build' { src = 3; })
      (build' { src = "relative"; })
      (build' { graph = "crate-graph.json"; })
      (build' { linkage = null; })
      (build' { debug = "yes"; })
      (build' { scr = folder; })
      (build' { overrides = _pkgs: { }; })
      (build' { overrides.fnv = null; })
      (build' { overrides.fnv.libraries = pkgs.bash; })
      (build' { overrides.fnv.rustflags = "--cfg loud"; })
      (build' { overrides.packaged.environment.LIST = [ ]; })
      # They were passed over, too.
      (build' { overrides.packaged.libraries = [ "zlib" ]; })
      (build' { overrides.packaged.tools = [ null ]; })
      (build' { overrides.fnv.patches = [ "start.patch" ]; })
      (build' { overrides.packaged.hardeningDisable = [ "al" ]; })
      (build' { packageAttributes.packaged = null; })
      (lib.buildGraph {
        src = folder;
        clippyArguments = null;
      }).checks.clippy-packaged-bin-packaged.drvPath
      (lib.buildGraph {
        src = folder;
        testTools = pkgs.bash;
      }).checks.test-packaged-test-passes.drvPath
      (plain.override null).drvPath
      (lib.mkImage { programs = plain; }).drvPath
      (lib.mkStatic [ plain ]).drvPath
      (lib.mkContainer {
        image = plain;
        command = "packaged";
      }).drvPath
      # Engines refuse it.
      (lib.mkContainer {
        image = plain;
        reference = "to ols:1";
      }).drvPath
      (lib.mkInitrd {
        image = plain;
        init = "packaged";
      }).drvPath
      (lib.buildFleet {
        src = folder;
        name = null;
        graph = { };
      }).environment.drvPath
      (flake' {
        arguments = {
          debug = true;
        };
      })
      (flake' { overrides = { }; })
      (flake' { systems = [ ]; })
      (flake' { packageSets = pkgs; })
      (mkLib { inherit pkgs; }).builder
      (mkLib pkgs null).builder
    ];
  # The functions whose arguments are looked at.
  argumentsOf =
    file:
    let
      made = import file;
      context = builtins.mapAttrs (_name: _hasDefault: null) (builtins.functionArgs made);
    in
    builtins.attrNames (builtins.functionArgs (made context));
  lookedAt = {
    buildGraph = argumentsOf ../nix/buildGraph.nix;
    buildFleet = argumentsOf ../nix/buildFleet.nix;
    mkImage = argumentsOf ../nix/mkImage.nix;
    mkContainer = argumentsOf ../nix/mkContainer.nix;
    mkInitrd = argumentsOf ../nix/mkInitrd.nix;
    mkFlake = argumentsOf ../nix/mkFlake.nix;
    forSystems = builtins.attrNames (builtins.functionArgs (import ../nix/forSystems.nix));
  };
  kinds = import ../nix/argumentKinds.nix;
  image = arguments: (builtins.tryEval (lib.mkImage arguments).drvPath).success;
  # A fleet of two programs, the packaged one by itself.
  fleet =
    let
      # As graphs of a fleet are: which files they were made from the outermost one says.
      graphOf =
        fixture:
        removeAttrs (builtins.fromJSON (builtins.readFile (./fixtures + "/${fixture}/crate-graph.json"))) [
          "digest"
          "exclude"
          "inputs"
          "layout"
          "lock"
          "members"
        ];
    in
    arguments:
    lib.buildFleet (
      {
        src = folder;
        graph = graphOf "two-majors" // {
          apart.packaged = graphOf "packaged";
        };
      }
      // arguments
    );

  packagesOf = graph: builtins.attrValues (import ../nix/packagesOf.nix graph);
  facts = {
    # A misspelt name was silent, and the crate was built without what it needs.
    "overrides of crates that are not there" = {
      actual =
        import ../nix/unusedOverrides.nix
          {
            packaged = { };
            "packaged@1.2.0" = { };
            z = { };
            packged = { };
            "packaged@9.0.0" = { };
          }
          (
            packagesOf (import ../nix/readGraph.nix (folder + "/crate-graph.json"))
            ++ [
              {
                name = "libz-sys";
                version = "1.0.0";
                links = "z";
              }
            ]
          );
      expected = [
        "packaged@9.0.0"
        "packged"
      ];
    };
    "meta" = {
      actual = meta;
      expected = {
        mainProgram = "packaged";
        description = "Greets, in two lines.";
        homepage = "https://example.org/packaged";
        platforms = [
          "aarch64-linux"
          "x86_64-linux"
        ];
      };
    };
    # A boolean was `true` in builds, and `1` in the shell.
    "variables are as mkDerivation has them" = {
      actual =
        (import ../nix/overrideOf.nix {
          crate.environment = {
            YES = true;
            NO = false;
            NONE = null;
            TEN = 10;
          };
        } pkgs "crate").environment;
      expected = {
        YES = "1";
        NO = "";
        TEN = 10;
      };
    };
    # A lock that is to be changed by cargo could not be changed: cargo was in the shell, and the shell wanted another lock.
    "there is a shell while the graph is not current" = {
      actual = [
        (builtins.tryEval stale.default.drvPath).success
        stale.devShell.drvPath
      ];
      expected = [
        false
        (lib.buildGraph { src = folder; }).devShell.drvPath
      ];
    };
    # It was an empty text.
    "no description where the manifest has none" = {
      actual = (lib.buildGraph { src = ../templates/default; }).default.meta ? description;
      expected = false;
    };
    # It was an infinite recursion.
    "the workspace may be the flake itself" = {
      actual =
        let
          self = mkFlake { src = self; } // {
            outPath = toString folder;
          };
        in
        self.packages.${system}.packaged.drvPath;
      expected = flake.packages.${system}.packaged.drvPath;
    };
    # A current `nix flake check` warns of apps without.
    "meta of apps" = {
      actual = builtins.mapAttrs (_name: app: removeAttrs app.meta [ "license" ]) flake.apps.${system};
      expected = {
        packaged = meta;
        default = meta;
      };
    };
    "names and meta of libraries for C" = {
      actual = {
        inherit (capi)
          pname
          version
          name
          meta
          ;
      };
      expected = {
        pname = "libcapi";
        version = "0.1.0";
        name = "libcapi-0.1.0";
        meta = { inherit (meta) platforms; };
      };
    };
    # nixpkgs' mkDerivation adds more.
    "meta of a package with attributes" = {
      actual = builtins.intersectAttrs (meta // attributes.meta) packaged.meta;
      expected = meta // attributes.meta;
    };
    "a licence where there is no library" = {
      actual = alone { } "MIT OR Apache-2.0";
      expected = "MIT OR Apache-2.0";
    };
    "one licence" = {
      actual = licenseOf "MIT";
      expected = mit;
    };
    "a choice of licences" = {
      actual = licenseOf "MIT/Apache-2.0";
      expected.licenses = [
        mit
        asl20
      ];
    };
    "licences in an older library" = {
      actual = alone { licenses = { inherit mit asl20; }; } "MIT AND (Apache-2.0 OR MIT)";
      expected = [
        mit
        asl20
      ];
    };
    "a licence that the library does not know" = {
      actual = (licenseOf "LicenseRef-house").free;
      expected = false;
    };
    "tests" = {
      actual = builtins.attrNames plain.passthru.tests;
      expected = [
        "test-packaged-bin-packaged-test"
        "test-packaged-test-passes"
      ];
    };
    "names" = {
      actual = { inherit (packaged) pname version name; };
      expected = {
        pname = "packaged";
        version = "1.2.0";
        name = "packaged-1.2.0";
      };
    };
    "overrideAttrs is packageAttributes" = {
      actual = changed.drvPath;
      expected = packaged.drvPath;
    };
    # stdenv takes the output `dev` of what is listed among `nativeBuildInputs`, and had no program on PATH.
    "stdenv takes the program itself" = {
      actual = "${outputOf "dev" plain} ${outputOf "lib" plain} ${outputOf "bin" plain}";
      expected = "${plain} ${plain} ${plain}";
    };
    # Two programs in one profile had each a file `node.json`.
    "nix-env installs the program alone" = {
      actual = plain.meta.outputsToInstall;
      expected = [ "out" ];
    };
    # Those that packagers add are theirs.
    "outputs of a package with attributes" = {
      actual =
        (build {
          packageAttributes.packaged.outputs = [
            "out"
            "man"
          ];
        }).meta.outputsToInstall or [
          "out"
          "man"
        ];
      expected = [
        "out"
        "man"
      ];
    };
    # `nix build .#packaged.dev` gave `out`.
    "an output that is asked for is the one" = {
      actual = map (output: [
        output.outputSpecified
        output.outputName
      ]) (map (name: debugged.${name}) debugged.outputs);
      expected = map (name: [
        true
        name
      ]) debugged.outputs;
    };
    "override and overrideAttrs in either order" = {
      actual = both;
      expected = true;
    };
    "a misspelt key of an override is refused" = {
      actual = (builtins.tryEval (build { overrides.fnv.patchs = [ ]; }).drvPath).success;
      expected = false;
    };
    "a program that is not there is refused" = {
      actual = (builtins.tryEval (build { packageAttributes.packged = { }; }).drvPath).success;
      expected = false;
    };
    # Each graph of a fleet refused the names of the others' programs.
    "attributes of a fleet reach the graph that has the program" = {
      actual = (fleet { packageAttributes.packaged = attributes; }).packages.packaged.drvPath;
      expected = packaged.drvPath;
    };
    "a program that is in none of a fleet's graphs is refused" = {
      actual =
        (builtins.tryEval (fleet { packageAttributes.packged = { }; }).packages.packaged.drvPath).success;
      expected = false;
    };
    # The linker's usage was all that was said.
    "an image of no programs is refused" = {
      actual = (builtins.tryEval (lib.mkImage { programs = [ ]; }).drvPath).success;
      expected = false;
    };
    "an image in an unknown form is refused" = {
      actual = image {
        programs = [ plain ];
        form = "gruped";
      };
      expected = false;
    };
    "an image of what is no program is refused" = {
      actual = image { programs = [ (fleet { }).environment ]; };
      expected = false;
    };
    # What Nix said of them was of a line of dyrust's, or nothing: `clippyArguments = null` was taken.
    "arguments of another kind, or misspelt, are refused" = {
      actual = refused;
      expected = map (_: true) refused;
    };
    "each argument has a kind" = {
      actual = builtins.mapAttrs (name: _arguments: builtins.attrNames kinds.${name}) lookedAt;
      expected = lookedAt;
    };
    # `aarch64-linux` was asked of a set without it.
    "package sets for some of the systems of a graph" = {
      actual =
        builtins.attrNames
          ((import ../nix).mkFlake { legacyPackages = { }; } {
            src = folder;
            packageSets.${system} = pkgs;
          }).packages;
      expected = [ system ];
    };
    # Whoever has cargo from the shell alone could not make the Cargo.lock that the graph is made from.
    "a shell before there is a graph" = {
      actual = {
        shell = builtins.isString unimported.devShells.${system}.default.drvPath;
        program = (builtins.tryEval unimported.packages.${system}.default.drvPath).success;
      };
      expected = {
        shell = true;
        program = false;
      };
    };
    # Its pins were looked for beside it.
    "a fleet of a graph that is in no file" = {
      actual = (fleet { }).grouped.name;
      expected = "fleet-grouped";
    };
    # It did nothing.
    "a misspelt part of the toolchain is refused" = {
      actual = (builtins.tryEval (mkLib pkgs { rustcc = pkgs.rustc; }).builder.drvPath).success;
      expected = false;
    };
    "a graph of a workspace without its folder is refused" = {
      actual =
        (builtins.tryEval (lib.buildGraph { graph = folder + "/crate-graph.json"; }).packages).success;
      expected = false;
    };
    "neither folder nor graph is refused" = {
      actual = (builtins.tryEval (lib.buildGraph { }).packages).success;
      expected = false;
    };
    # They were called clippy-der--2 and so on.
    "checks of a macro, of which there is one variant, have no number" = {
      actual =
        builtins.filter (check: (lib.buildGraph { src = ./fixtures/member-checks; }).checks ? ${check})
          [
            "clippy-der"
            "clippy-der--2"
            "doc-der"
            "doctest-der"
          ];
      expected = [
        "clippy-der"
        "doc-der"
        "doctest-der"
      ];
    };
    "a fleet of published programs needs no folder" = {
      actual = builtins.attrNames (lib.buildFleet { graph = ../packages/fleet.json; }).packages;
      expected = builtins.attrNames (lib.buildFleet { src = ../packages; }).packages;
    };
    "a fleet with programs of folders does" = {
      actual = (builtins.tryEval (lib.buildFleet { graph = ./fixtures/fleet.json; }).packages).success;
      expected = false;
    };
    "neither is refused of a fleet" = {
      actual = (builtins.tryEval (lib.buildFleet { }).packages).success;
      expected = false;
    };
    "an override of another version changes nothing" = {
      actual = (build { overrides."fnv@2.0.0".patches = [ (folder + "/start.patch") ]; }).drvPath;
      expected = plain.drvPath;
    };
  };
  wrong = builtins.filter (name: facts.${name}.actual != facts.${name}.expected) (
    builtins.attrNames facts
  );
  tell =
    name:
    "${name}: ${builtins.toJSON facts.${name}.actual}, not ${builtins.toJSON facts.${name}.expected}";

  # What each prints of the two lines that it changes.
  printed = {
    patched = {
      program = build { overrides.fnv.patches = [ (folder + "/start.patch") ]; };
      lines = "1 quiet";
    };
    after-patches = {
      program = build {
        overrides."fnv@1.0.7" = {
          patches = [ (folder + "/start.patch") ];
          postPatch = "substituteInPlace lib.rs --replace-fail 'FnvHasher(0x1)' 'FnvHasher(0x2)'";
        };
      };
      lines = "2 quiet";
    };
    replaced = {
      program = build { overrides.fnv.src = folder + "/replacement"; };
      lines = "5 quiet";
    };
    flags = {
      program = plain.override loud;
      lines = "cbf29ce484222325 LOUD";
    };
    member = {
      program = build {
        overrides.packaged.postPatch = "substituteInPlace src/main.rs --replace-fail quiet silent";
      };
      lines = "cbf29ce484222325 silent";
    };
    # A variable reached the build script of a package that has one, and not the compiler.
    variable = {
      program = build {
        overrides.packaged = {
          environment.LOUDNESS = "humming";
          postPatch = "substituteInPlace src/main.rs --replace-fail '\"quiet\"' 'env!(\"LOUDNESS\")'";
        };
      };
      lines = "cbf29ce484222325 humming";
    };
    image = {
      program = lib.mkImage {
        name = "packaged-image";
        programs = [ packaged ];
      };
      lines = "cbf29ce484222325 quiet";
    };
    with-attributes = {
      program = packaged;
      lines = "wrapped cbf29ce484222325 quiet";
    };
  };
  # `nix run` of a workspace with several programs, or none, said that there is no file bin/workspace.
  runs = {
    members-unify = "several programs: say which one, nix run .#";
    library-only = "no programs";
  };
  runOf = fixture: (mkFlake { src = ./fixtures + "/${fixture}"; }).apps.${system}.default.program;
in
if wrong != [ ] then
  throw "dyrust: checks/packaging.nix: ${builtins.concatStringsSep "; " (map tell wrong)}"
else
  pkgs.runCommand "check-packaging" { } ''
    ${builtins.concatStringsSep "" (
      map (name: ''
        found=$(echo $(${printed.${name}.program}/bin/packaged))
        [ "$found" = "${printed.${name}.lines}" ] || {
          echo "${name}: printed $found, not ${printed.${name}.lines}" >&2
          exit 1
        }
      '') (builtins.attrNames printed)
    )}
    ${builtins.concatStringsSep "" (
      map (fixture: ''
        if ${runOf fixture} 2> said; then exit 1; fi
        grep -q -F '${runs.${fixture}}' said || { cat said >&2; exit 1; }
      '') (builtins.attrNames runs)
    )}
    grep -q packaged ${packaged}/share/man/man1/packaged.1
    grep -q 'name = "packaged"' ${packaged}/share/doc/packaged/Cargo.toml
    [ -e ${plain.tests.test-packaged-test-passes} ]
    touch $out
  ''
