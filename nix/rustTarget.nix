# rustTarget system: the target triple that rustc knows a Nix system by.
system:
let
  targets = {
    x86_64-linux = "x86_64-unknown-linux-gnu";
    aarch64-linux = "aarch64-unknown-linux-gnu";
    i686-linux = "i686-unknown-linux-gnu";
    riscv64-linux = "riscv64gc-unknown-linux-gnu";
    powerpc64le-linux = "powerpc64le-unknown-linux-gnu";
    x86_64-darwin = "x86_64-apple-darwin";
    aarch64-darwin = "aarch64-apple-darwin";
  };
in
targets.${system}
  or (throw "dyrust: no Rust target is known for the system ${system}; known are ${builtins.concatStringsSep ", " (builtins.attrNames targets)}")
