# One package that refers to all that is costly to get again; nixw makes it a root of the garbage collector.
{
  stage,
  seeds,
  rustc,
  cargo,
  clippy,
  rustfmt,
  lld,
  stdenv,
  bash,
}:
let
  rust = [
    rustc
    cargo
    clippy
    rustfmt
    lld
  ];
in
(stage "dyrust-bootstrap-roots"
  {
    packages = rust ++ [
      stdenv.cc
      stdenv
      bash
    ];
    debs = builtins.attrValues seeds.debian;
    inherit (seeds) busybox;
  }
  ''
    for path in $packages $debs $busybox; do echo $path; done > $out
  ''
)
// {
  rustPackages = builtins.unsafeDiscardStringContext (toString rust);
  rustSeed = builtins.unsafeDiscardStringContext "${seeds.rust}";
}
