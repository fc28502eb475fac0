# inspect { name, programs }: what programs are at run time, as text without hashes and versions of the toolchain, in one folder:
#   expected-needed    a line for each of their objects and libraries: file, then its DT_NEEDED entries
#   expected-closure   the names of the store paths that they drag along
#   expected-references   a line for each of our libraries that refers to store paths, and to which; not there if none does
# It fails if the loader would search for anything that a program needs.
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

    # A library is pinned by what it holds: it may not say where anything is.
    for path in $paths; do
      [ -d $path/lib ] || continue
      find $path/lib -type f | sort | while read file; do
        echo $file | grep -qE -- '-[0-9a-f]{16}\.so$' || continue
        # Letters `e` stand in place of the hashes of tools.
        references=$(grep -aoE '/nix/store/[0-9a-z]{32}-[-.+_?=0-9A-Za-z]+' $file | grep -v '/e{32}-' -E | plain | sort -u | tr '\n' ' ' || true)
        [ -z "$references" ] || echo "$file: $references"
      done
    done | plain | sed 's/ *$//' > $out/expected-references
    [ -s $out/expected-references ] || rm $out/expected-references

    # Each library is opened once, where the program says it is: the loader never looks for one.
    for path in ${builtins.concatStringsSep " " (map toString programs)}; do
      for program in $path/bin/*; do
        LD_TRACE_LOADED_OBJECTS=1 LD_DEBUG=libs $program > loaded 2> searched
        grep -q 'libc.so' loaded
        if grep 'not found' loaded || grep 'find library' searched; then
          echo "$program: the loader looks for libraries" >&2
          exit 1
        fi
      done
    done
  ''
