# workspaceChecks { … }: what `cargo test`, `cargo clippy` and `cargo doc` do for a workspace's members, a derivation each:
#   test-NAME      a test program's run (unit tests, integration tests, benchmarks once each)
#   doctest-NAME   the examples in a library's documentation, but for other platforms than the one that builds
#   clippy-NAME    the lints of a library, program, test, example or benchmark
#   doc-NAME       the documentation of a library
#   example-NAME   an example, built
# Gives { all, testsOf }: all of them by name, and of a package those that run something of it.
{
  # The graph with its derivations and what they are given, as programs are built, and as tests are.
  main,
  testing,
  action,
  isCross,
  clippyArguments,
  docArguments,
  testTools,
  # The workspace's folder.
  src,
}:
let
  kindOf =
    resolved: id:
    let
      unit = resolved.graph.units.${id};
    in
    if unit.isExample or false then "example" else unit.kind or "lib";
  rootsOf =
    resolved: builtins.filter (id: resolved.graph.units.${id}.package ? path) resolved.graph.roots;
  isTest =
    resolved: id:
    resolved.graph.units.${id}.test or false
    || builtins.elem (kindOf resolved id) [
      "test"
      "bench"
    ];
  isLibrary =
    resolved: id:
    !(isTest resolved id)
    && builtins.elem (kindOf resolved id) [
      "lib"
      "proc-macro"
    ];
  testRoots = rootsOf testing;
  tests = builtins.filter (isTest testing) testRoots;
  # Also of members that `cargo build` leaves out, and then as tests use them. Of two checks of one name the first, as programs use it, counts.
  libraries = builtins.filter (isLibrary testing) testRoots;
  examples = builtins.filter (id: kindOf testing id == "example" && !(isTest testing id)) testRoots;

  # The unit's id with the package's name in place of its key, which may have a version in it: members have names of their own. Names of
  # flake outputs have no spaces. `short` is without the number that tells variants of a unit apart.
  each =
    prefix: make: resolved: ids:
    map (
      id:
      let
        words = builtins.filter builtins.isString (builtins.split " " id);
        isNumber = word: builtins.substring 0 1 word == "~";
        unit = resolved.graph.units.${id};
        join =
          words:
          builtins.concatStringsSep "-" (
            [
              prefix
              unit.package.name
            ]
            ++ words
          );
      in
      {
        short = join (builtins.filter (word: !isNumber word) (builtins.tail words));
        full = builtins.replaceStrings [ "~" ] [ "-" ] (join (builtins.tail words));
        value = make resolved id;
        inherit (unit) package;
      }
    ) ids;
  # Checks by name: that of a unit of which there is but one variant has no number.
  named =
    checks:
    let
      byName = builtins.groupBy (check: check.short) checks;
      nameIn =
        variants: check:
        let
          first = (builtins.head variants).full;
          hasPlain = builtins.any (variant: variant.full == variant.short) variants;
        in
        if check.full == first && !hasPlain then check.short else check.full;
    in
    builtins.listToAttrs (
      map (check: {
        name = nameIn byName.${check.short} check;
        inherit (check) value;
      }) checks
    );

  # What rustc calls a test program: after the crate, if it is a library's; else after the target, whose name may have a hyphen.
  programName =
    unit:
    unit.name or (
      if
        builtins.elem (unit.kind or "lib") [
          "lib"
          "proc-macro"
        ]
      then
        builtins.replaceStrings [ "-" ] [ "_" ] unit.package.name
      else
        unit.package.name
    );
  run =
    resolved: id:
    let
      unit = resolved.graph.units.${id};
    in
    action resolved.input {
      name = "run";
      tools = testTools;
      program = "${resolved.units.${id}.out}/bin/${programName unit}";
    } unit;
  clippy =
    resolved: id:
    let
      unit = resolved.graph.units.${id};
      configuration = import ./clippyConfiguration.nix src unit.package.path;
    in
    action resolved.input {
      name = "clippy";
      arguments = clippyArguments;
      environment = if configuration == null then { } else { CLIPPY_CONF_DIR = "${configuration}"; };
    } unit;
  doc =
    resolved: id:
    action resolved.input {
      name = "doc";
      arguments = docArguments;
    } resolved.graph.units.${id};

  runs =
    each "test" run testing tests
    ++ (
      if isCross || tests == [ ] && !testing.graph.hasTests then
        [ ]
      else
        each "doctest" docTest testing (
          builtins.filter (id: testing.graph.units.${id}.doctest or true) libraries
        )
    );

  # The examples may use what the library's own tests may: their dependencies, and the library itself.
  docTest =
    resolved: id:
    let
      unit = resolved.graph.units.${id};
      isOfLibrary =
        other:
        let
          test = resolved.graph.units.${other};
        in
        test.test or false
        && test.kind or "lib" == unit.kind or "lib"
        && test.package.name == unit.package.name
        && test.package.version == unit.package.version;
      own = builtins.filter isOfLibrary tests;
      panicOf =
        id: (resolved.graph.profile.target // resolved.graph.units.${id}.profile or { }).panic or "unwind";
      # Tests unwind, whatever the profile says, and so does the library that they use. Where no other test uses it, the examples abort.
      isForTests =
        other:
        let
          library = resolved.graph.units.${other};
        in
        !(library.test or false)
        && library.kind or "lib" == unit.kind or "lib"
        && library.host or false == unit.host or false
        && library.package.name == unit.package.name
        && library.package.version == unit.package.version
        && library.features or [ ] == unit.features or [ ]
        && panicOf other == "unwind";
      unwinding = builtins.filter isForTests (builtins.attrNames resolved.graph.units);
      library = if panicOf id == "unwind" || unwinding == [ ] then id else builtins.head unwinding;
      from = if own == [ ] then unit else resolved.graph.units.${builtins.head own};
    in
    action resolved.input
      {
        name = "doctest";
        tools = testTools;
        arguments =
          if panicOf library == "unwind" then
            [ ]
          else
            [
              "-C"
              "panic=${panicOf library}"
            ];
      }
      (
        unit
        // {
          isDocTest = true;
          dependencies = from.dependencies ++ [ library ];
          renames = from.renames or { };
          profile = unit.profile or { } // {
            panic = if library == id then panicOf id else "unwind";
          };
        }
      );
in
{
  all = named (
    runs
    ++ each "clippy" clippy main (builtins.filter (id: !(isTest main id)) (rootsOf main))
    ++ each "clippy" clippy testing (tests ++ examples ++ libraries)
    ++ each "example" (resolved: id: resolved.units.${id}) testing examples
    ++ each "doc" doc main (builtins.filter (isLibrary main) (rootsOf main))
    ++ each "doc" doc testing libraries
  );
  testsOf = package: named (builtins.filter (check: check.package.path == package.path or null) runs);
}
