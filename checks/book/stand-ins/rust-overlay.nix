# rust-overlay's `lib.mkRustBin { } pkgs`: what makes one toolchain of a file of rustup's. Here it is the package set's own.
{
  distRoot ? "",
}:
pkgs: {
  fromRustupToolchainFile =
    file:
    if (builtins.fromTOML (builtins.readFile file)) ? toolchain.channel then
      pkgs.rustc
    else
      throw "${toString file}: no toolchain.channel";
}
