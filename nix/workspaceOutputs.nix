# workspaceOutputs lib { src, … }: the outputs of a workspace's flake for one package set, as mkFlake and the module for flake-parts have them.
lib:
{
  src,
  graph,
  default,
  toolchain,
  arguments,
}:
let
  workspace = (lib (toolchain lib.pkgs)).buildGraph ({ inherit src graph; } // given);
  given = import ./lookAt.nix "what `arguments` gives" {
    is = "a set of arguments of buildGraph";
    holds = value: builtins.isAttrs value && !(value ? outPath);
  } (arguments lib.pkgs);
  inherit (workspace) packages;
  main =
    if default == null then
      workspace.default
    else
      packages.${default}
        or (throw "dyrust: mkFlake: the workspace has no program `${default}`, which `default` names; it has: ${builtins.concatStringsSep ", " (builtins.attrNames packages)}");
  app = program: {
    type = "app";
    program = "${program}/bin/${program.meta.mainProgram}";
    # `nix flake show` and `check` look for it.
    meta = removeAttrs program.meta [ "outputsToInstall" ];
  };
in
{
  packages =
    packages
    // workspace.libraries
    // {
      default = main;
    };
  apps =
    builtins.mapAttrs (_name: app) (
      packages // (if main ? meta.mainProgram then { default = main; } else { })
    )
    // (
      if main ? meta.mainProgram then
        { }
      else
        { default = import ./whichProgram.nix lib.pkgs (builtins.attrNames packages); }
    );
  inherit (workspace) checks formatter;
  # `dyrust pin` builds `.#pins`; the programs of a workspace may have any name.
  legacyPackages = { inherit (workspace) pins; };
  # Before the first import it is where that is done: where Cargo.lock, too, comes from the shell's cargo.
  devShells.default =
    if import ./isGraphThere.nix graph then
      workspace.devShell
    else
      import ./toolShell.nix lib.pkgs (toolchain lib.pkgs);
}
