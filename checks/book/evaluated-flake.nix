# The flake that checks/book/evaluate puts beside a block of the book.
{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  inputs.dyrust.url = "github:dyrust/dyrust";
  inputs.dyrust.inputs.nixpkgs.follows = "nixpkgs";

  outputs =
    { nixpkgs, dyrust, ... }:
    {
      evaluated = builtins.mapAttrs (
        system: _set:
        toString (
          import "${dyrust}/checks/book/evaluated.nix" { inherit nixpkgs dyrust system; } ./block.nix
        )
      ) nixpkgs.legacyPackages;
    };
}
