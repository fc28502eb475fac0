# One package that refers to all that is costly to get again; nixw makes it a root of the garbage collector.
{
  stage,
  seeds,
  rustc,
  stdenv,
  bash,
}:
(stage "dyrust-bootstrap-roots"
  {
    packages = [
      rustc
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
  rustSeed = builtins.unsafeDiscardStringContext "${seeds.rust}";
}
