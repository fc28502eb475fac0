# The Nix systems on which dyrust makes programs.
[
  "x86_64-linux"
  "aarch64-linux"
]
