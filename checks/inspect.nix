# inspect { name, program }: what a program is at run time, as text without hashes, in one folder:
#   needed   a line for each of its objects and libraries: file, then its DT_NEEDED entries
#   closure  the names of the store paths it drags along
# Parts of the C library and the compiler's run-time library go by the one name "C library": package sets cut them differently.
pkgs:
{ name, program }:
pkgs.runCommand "inspect-${name}"
  {
    exportReferencesGraph = [
      "references"
      program
    ];
    nativeBuildInputs = [ pkgs.stdenv.cc.bintools ];
    inherit program;
  }
  ''
    paths=$(grep '^/nix/store/' references | sort -u)

    # Hashes and unit identities say nothing about what is linked to what.
    plain() {
      sed -E -e 's#/nix/store/[0-9a-z]{32}-#/#g' \
        -e 's#-[0-9a-z]{16}\.so#-ID.so#g' \
        -e 's#/(glibc|libgcc|gcc|xgcc|libidn2|libunistring)[^/ ]*/lib(64)?/#/C library/#g'
    }

    mkdir $out
    for path in $paths; do basename $path | cut -c 34-; done |
      sed -E 's/^(glibc|libgcc|gcc|xgcc|libidn2|libunistring)-.*/C library/' | sort -u > $out/closure

    for path in $paths; do
      case $path in *-glibc-* | *-libgcc* | *-gcc-* | *-xgcc-* | *-libidn2-* | *-libunistring-*) continue ;; esac
      find $path -type f | sort | while read file; do
        [ "$(head -c 4 $file | tail -c 3)" = ELF ] || continue
        needed=$(readelf -d $file | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' | sort | tr '\n' ' ')
        echo "$file: $needed"
      done
    done | plain | sed 's/ *$//' | sort > $out/needed
  ''
