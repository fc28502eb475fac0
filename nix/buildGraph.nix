# buildGraph { src, … }: everything that a crate graph describes: programs, libraries, tests.
{
  pkgs,
  needs,
  fetchSource,
  nodeInput,
  unit,
  action,
}:
{
  # The workspace's folder. Not needed for a graph made with `dyrust import --crate`.
  src ? null,
  # The graph; `dyrust import` writes it beside Cargo.lock. A file, or what is in it.
  graph ? src + "/crate-graph.json",
  # Native libraries and tools for -sys crates: an attribute set from a `links` key or a crate's name to
  # { libraries, tools, environment } or a function of pkgs to one; added to those of nix/overrides, and stronger.
  overrides ? { },
  # "dynamic": a dylib a crate. "static": each program alone, with its crates inside.
  linkage ? "dynamic",
  # Whether libraries and programs have an output `debug`; `debugInformation` has those of all.
  debug ? false,
  # What clippy is told beyond the lints of the manifests. Example: [ "-Dwarnings" ]
  clippyArguments ? [ "-Dwarnings" ],
  # Packages whose programs the tests of members find on their PATH.
  testTools ? [ ],
}:
let
  platformGraph = import ./graph.nix {
    file = graph;
    inherit src;
    inherit (needs) target host;
  };

  members = map (id: platformGraph.packages.${id}.path) (
    builtins.filter (id: platformGraph.packages.${id} ? path) (
      builtins.attrNames platformGraph.packages
    )
  );

  input = nodeInput {
    graph = platformGraph;
    fetchSource = fetchSource {
      inherit src members;
      inherit (platformGraph) registries;
    };
    overridesFor = import ./overridesFor.nix {
      inherit pkgs overrides;
      inherit (needs) build isCross;
      graph = platformGraph;
    };
    linkage =
      {
        dynamic = "dylib";
        static = "rlib";
      }
      .${linkage} or (throw "dyrust: linkage is \"dynamic\" or \"static\", not \"${linkage}\"");
    nodes = units;
  };
  units = builtins.mapAttrs (unit {
    nodeInput = input;
    inherit debug;
  }) platformGraph.units;

  program =
    id:
    let
      graphUnit = platformGraph.units.${id};
      name = graphUnit.name or graphUnit.package.name;
    in
    {
      inherit name;
      value = units.${id} // {
        pname = name;
        inherit (graphUnit.package) version;
        meta = {
          mainProgram = name;
          description = graphUnit.package.description or "";
        };
      };
    };
  isProgram =
    id: platformGraph.units.${id}.kind or "lib" == "bin" && !(platformGraph.units.${id}.test or false);
  programs = builtins.filter isProgram platformGraph.roots;
  packages = builtins.listToAttrs (map program programs);
in
{
  inherit packages units;

  # The one program, or the one that has its package's name.
  default =
    let
      named = builtins.filter (id: platformGraph.units.${id}.package.name == (program id).name) programs;
      chosen = if builtins.length programs == 1 then programs else named;
    in
    if chosen == [ ] then
      throw "dyrust: none of the programs ${builtins.concatStringsSep ", " (builtins.attrNames packages)} is the default one; take one of `packages`"
    else
      (program (builtins.head chosen)).value;

  # The programs, and for every member its tests (of a graph made with `dyrust import --tests`), lints and documentation.
  checks =
    packages
    // import ./workspaceChecks.nix {
      graph = platformGraph;
      inherit units clippyArguments testTools;
      inherit (needs) isCross;
      action = action input;
    };

  # For gdb's `set debug-file-directory …/lib/debug`.
  debugInformation = import ./debugInformation.nix { inherit pkgs; } (builtins.attrValues units);

  # A shell to work on the workspace with cargo.
  devShell = pkgs.mkShell {
    packages = [
      needs.rustc
      needs.cargo
      needs.hostCc
    ];
  };

  inherit (platformGraph) notices;
}
