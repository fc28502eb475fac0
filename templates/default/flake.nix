{
  description = "Rust programs that share their libraries";

  inputs.dyrust.url = "flake:dyrust";

  outputs =
    { dyrust, ... }:
    dyrust.lib.forSystems (
      lib:
      let
        workspace = lib.buildGraph { src = ./.; };
      in
      {
        packages = workspace.packages // {
          default = workspace.packages.sample_bin;
        };
        checks = workspace.packages;
        devShells.default = workspace.devShell;
      }
    );
}
