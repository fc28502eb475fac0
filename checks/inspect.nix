# inspect { name, programs }: what programs are at run time, as text without hashes and versions of the toolchain, in one folder:
#   expected-needed    a line for each of their objects and libraries: file, then its DT_NEEDED entries
#   expected-closure   the names of the store paths that they drag along
# Parts of the C library and the compiler's run-time library go by the one name "C library": package sets cut them differently.
pkgs:
{ name, programs }:
pkgs.runCommand "inspect-${name}"
  {
    exportReferencesGraph = builtins.concatLists (
      builtins.genList (index: [
        "references-${toString index}"
        (builtins.elemAt programs index)
      ]) (builtins.length programs)
    );
    nativeBuildInputs = [ pkgs.stdenv.cc.bintools ];
  }
  ''
    paths=$(cat references-* | grep '^/nix/store/' | sort -u)
    system='(glibc|libgcc|gcc|xgcc|libidn2|libunistring)'

    # Hashes and unit identities say nothing about what is linked to what.
    plain() {
      sed -E -e 's#/nix/store/[0-9a-z]{32}-#/#g' \
        -e 's#-[0-9a-z]{16}\.so#-ID.so#g' \
        -e "s#/$system[^/ ]*/lib(64)?/#/C library/#g" \
        -e 's#libstd-rust-[0-9.]+#libstd-rust#g'
    }

    mkdir $out
    for path in $paths; do echo "$path"; done | plain | sed -E -e 's#^/##' -e "s/^$system-.*/C library/" | sort -u > $out/expected-closure

    for path in $paths; do
      ! basename $path | cut -c 34- | grep -qE "^$system-" || continue
      find $path -type f | sort | while read file; do
        [ "$(head -c 4 $file | tail -c 3)" = ELF ] || continue
        needed=$(readelf -d $file | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' | plain | sort | tr '\n' ' ')
        echo "$file: $needed"
      done
    done | plain | sed 's/ *$//' | sort > $out/expected-needed
  ''
