# supportedRustc rustc: the compiler, if it is not too old as far as the package tells. One that was joined from parts tells nothing; then
# libstd-rust, the first that is built, asks the program (nix/builder/src/toolchain.rs has the same number).
rustc:
let
  oldest = "1.88";
in
if rustc ? version && builtins.compareVersions rustc.version oldest < 0 then
  throw "dyrust: rustc ${rustc.version} is too old: dyrust builds with ${oldest} or newer; give it one: mkLib pkgs { rustc = …; cargo = …; clippy = …; } (docs/platforms.md)"
else
  rustc
