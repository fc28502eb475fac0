# emulated-rustc { … }: a compiler that runs on the target makes the same libraries and objects, byte by byte, as the cross compiler.
#
# One thing may differ, in the library that others are compiled against: the order of a few values of rustc's metadata (`.rustc`). Of memchr
# 2.7.4, compiled by rustc 1.96, four values of one table are in another order, 14 bytes of 965,053, always the same on each platform; a hash
# table that is gone through may be why, as hashbrown groups 16 entries on x86_64 and 8 on aarch64. Where it was seen (`otherOrder`) no more
# than 14 bytes of the section may differ; all else of the file has to be the same.
{
  pkgs,
  pkgsCross,
  # The program that runs those of the target.
  emulator,
  # name → a node that the cross compiler makes.
  nodes,
  # Names of nodes whose metadata may be in another order.
  otherOrder ? [ ],
}:
let
  inherit (pkgsCross.stdenv.cc) bintools;
  objcopy = "${bintools}/bin/${bintools.targetPrefix or ""}objcopy";
  # The target's own compiler, started by the emulator.
  rustc = pkgs.runCommand "rustc-by-emulator" { } ''
    mkdir -p $out/bin
    ${pkgs.binutils}/bin/readelf -h ${pkgsCross.rustc}/bin/rustc | grep -q 'Machine: *AArch64' || {
      echo "${pkgsCross.rustc}/bin/rustc is not for aarch64" >&2
      exit 1
    }
    {
      echo '#!${pkgs.bash}/bin/bash'
      echo 'exec ${emulator} ${pkgsCross.rustc}/bin/rustc "$@"'
    } > $out/bin/rustc
    chmod +x $out/bin/rustc
  '';
  # The same node, all else being equal.
  again =
    node:
    derivation (
      node.drvAttrs
      // {
        toolchain = node.drvAttrs.toolchain // {
          rustc = "${rustc}";
        };
      }
    );
  compare =
    node:
    let
      other = again node;
    in
    "compare ${node.name} ${node.out} ${node.dev} ${other.out} ${other.dev}";
in
pkgs.runCommand "check-cross-emulated-rustc" { } ''
  # onlyOrder NAME FILE OTHER: the metadata is as long, and differs in a few bytes.
  onlyOrder() {
    case " ${toString otherOrder} " in *" $1 "*) ;; *) return 1 ;; esac
    for side in $2 $3; do
      ${objcopy} --dump-section .rustc=$(basename $side).metadata --remove-section .rustc $side $(basename $side).code || return 1
    done
    cmp $(basename $2).code $(basename $3).code || return 1
    [ "$(stat -c %s $(basename $2).metadata)" = "$(stat -c %s $(basename $3).metadata)" ] || return 1
    [ "$(cmp -l $(basename $2).metadata $(basename $3).metadata | wc -l)" -le 14 ]
  }
  # compare NAME OUT DEV OTHER_OUT OTHER_DEV: all files are there in both, and equal. node.json names the node's own outputs.
  compare() {
    for pair in $2:$4 $3:$5; do
      (cd ''${pair%:*} && find . -type f | sort) > files
      (cd ''${pair#*:} && find . -type f | sort) | diff -u files -
      while read -r file; do
        sed "s|$4|$2|g; s|$5|$3|g" ''${pair#*:}/$file > other
        cmp ''${pair%:*}/$file other || onlyOrder $1 ''${pair%:*}/$file other || {
          echo "$1: $file differs from what the cross compiler makes" >&2
          exit 1
        }
      done < files
    done
    # Code was compiled, not metadata alone.
    [ "$(${pkgs.binutils}/bin/size -A $3/objects/*.o | awk '$1 ~ /^[.]text/ { bytes += $2 } END { print bytes + 0 }')" -gt 0 ] || {
      echo "$1: no code was compared" >&2
      exit 1
    }
  }
  ${builtins.concatStringsSep "\n" (map compare (builtins.attrValues nodes))}
  touch $out
''
