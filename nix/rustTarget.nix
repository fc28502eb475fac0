# rustTarget platform: the target triple that rustc knows a platform of nixpkgs by (`stdenv.hostPlatform`), or one sentence that says what is
# supported. What is not ELF with glibc would at best be built for another platform than was asked for.
platform:
let
  targets = {
    x86_64-linux = "x86_64-unknown-linux-gnu";
    aarch64-linux = "aarch64-unknown-linux-gnu";
  };
  name = platform.config or platform.system;
  libc = platform.libc or "glibc";
in
if targets ? ${platform.system} && libc == "glibc" then
  targets.${platform.system}
else
  throw "dyrust: programs for ${name}${
    if targets ? ${platform.system} then " (${libc})" else ""
  } can't be built; supported are ${builtins.concatStringsSep " and " (builtins.attrNames targets)} with glibc (docs/platforms.md)"
