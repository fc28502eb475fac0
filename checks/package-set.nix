# package-set pkgs: the package set does what dyrust's builds rely on, and what nixpkgs' does: where flags come from, who writes RUNPATHs, which
# package has which program, what overlays see. The bootstrap set has to pass, or the other checks would show less than they seem to.
pkgs:
let
  salt = builtins.replaceStrings [ "-" "." ] [ "_" "_" ] pkgs.stdenv.hostPlatform.config;
  inherit (pkgs.stdenv.cc) targetPrefix;
  # What no build gets: packages are asked by the outputs that nixpkgs gives them.
  zlib = {
    shared = pkgs.zlib.out;
    inherit (pkgs.zlib) dev;
  };
  # fetchCrate is given where a registry is, and itself says where in it a crate is.
  fetched = pkgs.fetchCrate {
    pname = "part";
    version = "2.0.0";
    registryDl = "https://registry.example/api";
    hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    unpack = false;
  };
  addresses = toString (fetched.urls or fetched.url);
  # The bootstrap set could not be imported as flakes import nixpkgs that want overlays, and had no `extend`.
  overlays = [
    (final: prev: {
      zlibBefore = prev.zlib;
      asked = final.callPackage ({ mark }: mark) { };
      mark = "not seen";
    })
    (_: _: { mark = "seen"; })
  ];
  overlaid = [
    (import pkgs.path {
      inherit (pkgs.stdenv.hostPlatform) system;
      config.allowUnfree = true;
      inherit overlays;
    })
    (pkgs.appendOverlays overlays)
    ((pkgs.extend (builtins.elemAt overlays 0)).extend (builtins.elemAt overlays 1))
  ];
  isOverlaid = set: set.asked == "seen" && set.zlibBefore.outPath == pkgs.zlib.outPath;
in
if addresses != "https://registry.example/api/part/2.0.0/download" then
  throw "dyrust: the package set's fetchCrate asks for ${addresses}"
else if !(builtins.all isOverlaid overlaid) then
  throw "dyrust: overlays of the package set do not see each other"
else
  pkgs.runCommand "check-package-set" { nativeBuildInputs = [ pkgs.stdenv.cc ]; } ''
    fail() {
      echo "$1" >&2
      exit 1
    }
    # As in a derivation without stdenv's set-up: no variable is set.
    for name in $(env | sed -n 's/^\(NIX_[A-Z_]*[^=]*\)=.*/\1/p'); do
      case $name in NIX_STORE | NIX_BUILD_TOP) ;; *) unset $name ;; esac
    done
    cc=${pkgs.stdenv.cc}/bin/${targetPrefix}cc
    printf '%s\n' '#include <zlib.h>' '#ifdef MARK' 'char mark[] = "is marked";' '#endif' \
      '#ifdef _FORTIFY_SOURCE' 'char fortified[] = "is fortified";' '#endif' \
      'int main(void) { return zlibVersion()[0] != 49; }' > main.c
    link() { "$@" main.c -o program -I${zlib.dev}/include -L${zlib.shared}/lib -lz; }
    runpath() { ${pkgs.stdenv.cc.bintools}/bin/${targetPrefix}readelf -d program | grep -o 'R[UN]*PATH.*' || true; }

    link $cc
    ./program || fail "a program that is linked with -L and -l does not start"
    case $(runpath) in *${zlib.shared}/lib*) ;; *) fail "no RUNPATH for what was linked: $(runpath)" ;; esac
    NIX_DONT_SET_RPATH_${salt}=1 link $cc
    case $(runpath) in *${zlib.shared}/lib*) fail "a RUNPATH in spite of NIX_DONT_SET_RPATH_${salt}" ;; esac

    # Without a role, only what is salted counts.
    NIX_CFLAGS_COMPILE=-DMARK link $cc
    ! grep -q 'is marked' program || fail "NIX_CFLAGS_COMPILE counts without a role"
    NIX_CFLAGS_COMPILE_${salt}=-DMARK link $cc
    grep -q 'is marked' program || fail "NIX_CFLAGS_COMPILE_${salt} does not count"
    NIX_CC_WRAPPER_TARGET_HOST_${salt}=1 NIX_CFLAGS_COMPILE=-DMARK link $cc
    grep -q 'is marked' program || fail "NIX_CFLAGS_COMPILE does not count for the role of the host"

    link $cc
    ! grep -q 'is fortified' program || fail "hardened without being asked"
    NIX_HARDENING_ENABLE_${salt}="fortify3 bindnow" link $cc
    grep -q 'is fortified' program || fail "NIX_HARDENING_ENABLE_${salt} does not count"
    ${pkgs.stdenv.cc.bintools}/bin/${targetPrefix}readelf -d program | grep -q BIND_NOW || fail "the linker does not bind at once"

    # Files of arguments, with quotes.
    printf '"main.c"\n-o "program"\n-I${zlib.dev}/include -L${zlib.shared}/lib -lz "-DMARK"\n' > arguments
    $cc @arguments
    grep -q 'is marked' program || fail "files of arguments are not read"

    # What links with them has to follow scripts.
    for library in libc libgcc_s; do
      head -c 1000 "$($cc -print-file-name=$library.so)" | grep -qE 'ld script|GROUP' || fail "$library.so is no script of the linker"
    done

    for program in ${pkgs.rustc}/bin/rustc ${pkgs.cargo}/bin/cargo ${pkgs.clippy}/bin/clippy-driver ${pkgs.rustfmt}/bin/rustfmt ${pkgs.lld}/bin/ld.lld; do
      [ -x $program ] || fail "$program is not there"
    done
    [ ! -e ${pkgs.rustc}/bin/cargo ] || fail "rustc's package has a cargo"
    [ -z "$(find ${pkgs.rustc.unwrapped}/ -name 'ld.lld')" ] || fail "rustc has an lld of its own"
    [ ! -e ${zlib.dev}/lib/libz.so ] || fail "the output with the headers has the library"
    ! ls ${pkgs.fontconfig.dev}/lib/pkgconfig | grep freetype || fail "one package's folder has another one's pkg-config file"
    grep -q . ${pkgs.fontconfig.dev}/nix-support/propagated-build-inputs || fail "fontconfig propagates nothing"
    touch $out
  ''
