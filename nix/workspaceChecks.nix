# workspaceChecks { … }: what `cargo test`, `cargo clippy` and `cargo doc` do for a workspace's members, a derivation each:
#   test-NAME      a test program's run (unit tests, integration tests)
#   doctest-NAME   the examples in a library's documentation, but for other platforms than the one that builds
#   clippy-NAME    the lints of a library, program or test
#   doc-NAME       the documentation of a library
{
  graph,
  units,
  action,
  isCross,
  clippyArguments,
  testTools,
}:
let
  roots = builtins.filter (id: graph.units.${id}.package ? path) graph.roots;
  isTest = id: graph.units.${id}.test or false || graph.units.${id}.kind or "lib" == "test";
  isLibrary =
    id:
    !(isTest id)
    && builtins.elem (graph.units.${id}.kind or "lib") [
      "lib"
      "proc-macro"
    ];
  hasTests = builtins.any isTest roots;

  # Names of flake outputs have no spaces.
  plain = builtins.replaceStrings [ " " "@" "~" ] [ "-" "-" "-" ];
  each =
    prefix: make: ids:
    map (id: {
      name = "${prefix}-${plain id}";
      value = make id;
    }) ids;

  run =
    id:
    action {
      name = "run";
      tools = testTools;
      program = "${units.${id}.out}/bin/${
        graph.units.${id}.name or (builtins.replaceStrings [ "-" ] [ "_" ] graph.units.${id}.package.name)
      }";
    } graph.units.${id};
  clippy =
    id:
    action {
      name = "clippy";
      arguments = clippyArguments;
    } graph.units.${id};
  doc = id: action { name = "doc"; } graph.units.${id};

  # The examples may use what the library's own tests may: their dependencies, and the library itself.
  docTest =
    id:
    let
      tests = graph.units."${id} lib test" or { dependencies = [ ]; };
    in
    action { name = "doctest"; } (
      graph.units.${id}
      // {
        dependencies = tests.dependencies ++ [ id ];
        renames = tests.renames or { };
      }
    );
in
builtins.listToAttrs (
  each "test" run (builtins.filter isTest roots)
  ++ each "clippy" clippy roots
  ++ each "doc" doc (builtins.filter isLibrary roots)
  ++ (if hasTests && !isCross then each "doctest" docTest (builtins.filter isLibrary roots) else [ ])
)
