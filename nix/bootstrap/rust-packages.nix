# The programs of the Rust toolchain under nixpkgs' names. They are one store path: rustc finds its parts beside itself.
{ rust-toolchain, pins }:
let
  program =
    name:
    rust-toolchain
    // {
      pname = name;
      inherit (pins.rust) version;
      meta.mainProgram = name;
    };
  rustc = program "rustc";
in
{
  rustc = rustc // {
    unwrapped = rustc;
  };
  rustc-unwrapped = rustc;
  cargo = program "cargo";
  clippy = program "cargo-clippy";
  rustfmt = program "rustfmt";
}
