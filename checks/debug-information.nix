# With `debug = true` the functions of stripped libraries can be told by their lines, from an output of its own.
lib:
let
  built = lib.buildGraph {
    src = ./fixtures/backtrace;
    debug = true;
  };
in
lib.pkgs.runCommand "check-debug-information"
  {
    nativeBuildInputs = [ lib.pkgs.stdenv.cc.bintools ];
    library = built.units.inner;
    inherit (built) debugInformation;
  }
  ''
    file=$(echo $library/lib/libinner-*.so)
    id=$(readelf -n $file | sed -n 's/.*Build ID: //p')
    information=$debugInformation/lib/debug/.build-id/$(echo $id | cut -c 1-2)/$(echo $id | cut -c 3-).debug
    address=$(readelf -sW $file | awk '/4fall/ { print $2; exit }')
    line=$(addr2line -e $information 0x$address)
    # Its first line, or the first one that does something.
    echo "$line" | grep -qE 'inner/src/lib.rs:[56]( |$)' || {
      echo "the function fall is said to be at $line" >&2
      exit 1
    }
    ! readelf -SW $file | grep -q debug_info || {
      echo "the library itself has debug information" >&2
      exit 1
    }
    touch $out
  ''
