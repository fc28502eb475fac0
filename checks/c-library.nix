# Libraries for C are what Cargo makes of their crate types, under its names; a plugin has the crates of the program that loads it.
lib:
let
  inherit (lib) pkgs;
  built = lib.buildGraph { src = ./fixtures/c-library; };
in
pkgs.runCommandCC "check-c-library"
  {
    nativeBuildInputs = [ pkgs.stdenv.cc.bintools ];
    capi = built.libraries.libcapi;
    host = built.packages.c-library;
    inherit ((lib.buildGraph { src = ./fixtures/no-std-program; }).libraries) libplugin;
  }
  ''
    expect() {
      [ "$1" = "$2" ] || {
        echo "$3: $1, and not $2" >&2
        exit 1
      }
    }
    cc -I${./fixtures/c-library} -o shared ${./fixtures/c-library/use.c} -L$capi/lib -l:libcapi.so -Wl,-rpath,$capi/lib
    expect "$(./shared)" "1 2" "linked with libcapi.so"
    cc -I${./fixtures/c-library} -o static ${./fixtures/c-library/use.c} $capi/lib/libcapi.a -lgcc_s -lm -lpthread -ldl
    expect "$(./static)" "1 2" "linked with libcapi.a"
    ! readelf -d static | grep -q libstd || {
      echo "libcapi.a needs libstd" >&2
      exit 1
    }
    expect "$(readelf -d $capi/lib/libcapi.so | grep -c SONAME)" 0 "SONAMEs"
    # A host may have another C library; two of them end the process.
    expect "$(readelf -d $capi/lib/libcapi.so | grep -c 'NEEDED.*\[libc\.so')" 1 "C libraries by name"
    expect "$(readelf -d $capi/lib/libcapi.so | grep -c 'NEEDED.*/libc\.so')" 0 "C libraries by path"
    expect "$($host/bin/c-library $capi/lib/libcapi.so | tr '\n' ' ')" "1 2 3 " "the host's count and the plugin's"
    # Without std, too: its panic handler is its own.
    echo 'unsigned plugin_sum(unsigned, unsigned); int main(void) { return plugin_sum(2, 3); }' > without-std.c
    cc -o without-std without-std.c -L$libplugin/lib -l:libplugin.so -Wl,-rpath,$libplugin/lib
    sum=0
    ./without-std || sum=$?
    expect "$sum" 5 "the sum of a library without std"
    touch $out
  ''
