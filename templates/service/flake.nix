{
  description = "A server with TLS and a database: program, container, service of NixOS";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  inputs.dyrust.url = "github:dyrust/dyrust";
  inputs.dyrust.inputs.nixpkgs.follows = "nixpkgs";

  outputs =
    {
      self,
      nixpkgs,
      dyrust,
    }:
    let
      workspace = dyrust.lib.mkFlake { src = ./.; };
      # The program once more, linked into few files, and with all that it needs at run time as an OCI image.
      container =
        system: packages:
        let
          lib = dyrust.lib.mkLib nixpkgs.legacyPackages.${system};
          image = lib.mkImage { programs = [ packages.visits ]; };
        in
        packages
        // {
          inherit image;
          container = lib.mkContainer {
            inherit image;
            command = [
              "visits"
              "--listen"
              "0.0.0.0:8080"
            ];
            reference = "visits:0.1.0";
          };
        };
    in
    workspace
    // {
      packages = builtins.mapAttrs container workspace.packages;
      nixosModules.default = import ./module.nix self;
    };
}
