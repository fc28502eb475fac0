# stage NAME ENVIRONMENT SCRIPT: a derivation whose builder is busybox' shell, for what has to exist before bash does.
{ platform, seeds }:
name: environment: script:
derivation (
  {
    inherit name;
    inherit (platform) system;
    builder = "${seeds.busybox}/bin/busybox";
    args = [
      "sh"
      "-euc"
      ''
        export PATH=${seeds.busybox}/bin
        ${script}''
    ];
  }
  // environment
)
