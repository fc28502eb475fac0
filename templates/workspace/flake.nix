{
  description = "A Rust workspace: a program, a macro, a library with C, one with files above it";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  inputs.dyrust.url = "github:dyrust/dyrust";
  inputs.dyrust.inputs.nixpkgs.follows = "nixpkgs";

  outputs = { dyrust, ... }: dyrust.lib.mkFlake { src = ./.; };
}
