# hardening lib: a packager switches hardening by crate, and what is made of archives binds its symbols when it is loaded.
lib:
let
  inherit (lib) pkgs;
  src = ./fixtures/hardened;
  build =
    overrides:
    lib.buildGraph {
      inherit src overrides;
    };
  usual = build { };
  less = build {
    hardened = {
      hardeningDisable = [ "fortify" ];
      environment.NIX_CFLAGS_COMPILE = "-fstack-protector-all";
    };
  };
  none = build { hardened.hardeningDisable = [ "all" ]; };
in
pkgs.runCommand "check-hardening" { } ''
  expect() {
    [ "$1" = "$2" ] || {
      echo "expected $2, found $1" >&2
      exit 1
    }
  }
  expect "$(${less.packages.hardened}/bin/hardened | head -n 2 | tr '\n' ' ')" "fortify 0 stack protector 1 "
  expect "$(${none.packages.hardened}/bin/hardened | head -n 2 | tr '\n' ' ')" "fortify 0 stack protector 0 "
  ${pkgs.stdenv.cc.bintools}/bin/readelf -d ${usual.units."hardened".out}/lib/libhardened-native-*.so | grep -q BIND_NOW || {
    echo "libhardened-native-….so, made of an archive, does not bind its symbols at once" >&2
    exit 1
  }
  touch $out
''
