# The program `dyrust` as nixpkgs builds programs, by cargo and in one piece, where dyrust itself makes none.
pkgs:
let
  manifest = builtins.fromTOML (builtins.readFile ../cli/Cargo.toml);
  workspace = builtins.fromTOML (builtins.readFile ../Cargo.toml);
in
pkgs.rustPlatform.buildRustPackage {
  pname = manifest.package.name;
  version = workspace.workspace.package.version;
  src = ../.;
  cargoLock.lockFile = ../Cargo.lock;
  cargoBuildFlags = [
    "--package"
    manifest.package.name
  ];
  # They start cargo and Nix.
  doCheck = false;
  meta = {
    inherit (manifest.package) description;
    mainProgram = manifest.package.name;
  };
}
