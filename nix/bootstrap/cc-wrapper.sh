#!@shell@
# Calls @program@ with the C library, loader and run-time paths of the bootstrap package set. A shared object in the store
# that is linked to (-L and -l, or by its path) gets its folder into the RUNPATH, as nixpkgs' ld-wrapper does it;
# NIX_DONT_SET_RPATH=1 turns that off, for those who write absolute names. The C library's own folder always stays: the
# loader, which comes from a distribution, does not look there by itself.
# shellcheck shell=sh disable=SC2086,SC2194  # words are split on purpose; @kind@ is replaced
set -f
kind=@kind@
folders=
names=
runpaths="@glibc@/lib @libgcc@/lib"
expect=
[ "$kind" != c++ ] || runpaths="$runpaths @libstdcxx@/lib"

add() {
  case " $runpaths " in *" $1 "*) ;; *) runpaths="$runpaths $1" ;; esac
}

inspect() {
  case $expect in
    folder) folders="$folders $1" ;;
    name) names="$names $1" ;;
  esac
  if [ -n "$expect" ]; then
    expect=
    return
  fi
  case $1 in
    -L) expect=folder ;;
    -l) expect=name ;;
    -o) expect=output ;;
    -L/nix/store/*) folders="$folders ${1#-L}" ;;
    -l*) names="$names ${1#-l}" ;;
    /nix/store/*.so | /nix/store/*.so.*) [ ! -e "$1" ] || add "${1%/*}" ;;
  esac
}

if [ -z "${NIX_DONT_SET_RPATH:-}" ]; then
  for argument in "$@" ${NIX_LDFLAGS:-}; do
    case $argument in
      @*)
        # A file of arguments, one a line or separated by blanks, perhaps quoted.
        [ ! -r "${argument#@}" ] || while read -r line; do
          for word in $line; do
            word=${word#\"}
            inspect "${word%\"}"
          done
        done <"${argument#@}"
        ;;
      *) inspect "$argument" ;;
    esac
  done
  for name in $names; do
    [ "$name" != stdc++ ] || add "@libstdcxx@/lib"
    for folder in $folders; do
      object=$folder/lib$name.so
      if [ -e "$object" ]; then
        # A link in a development output leads to the object that the loader will want.
        [ ! -L "$object" ] || object=$(@readlink@ -f "$object")
        case $object in /nix/store/*) add "${object%/*}" ;; esac
        break
      fi
    done
  done
fi

flags=
if [ "$kind" = ld ]; then
  for folder in $runpaths; do flags="$flags -rpath $folder"; done
  exec @program@ --sysroot=@libcDev@ -dynamic-linker @glibc@/lib/@loader@ "$@" ${NIX_LDFLAGS:-} $flags \
    -L@glibc@/lib -L@libcDev@/lib -L@libgcc@/lib -L@libraries@
fi
for folder in $runpaths; do flags="$flags -Wl,-rpath,$folder"; done
for flag in ${NIX_LDFLAGS:-}; do
  case $flag in -l* | -L*) flags="$flags $flag" ;; *) flags="$flags -Wl,$flag" ;; esac
done
exec @program@ --sysroot=@libcDev@ -B@libcDev@/lib -B@binutils@/bin -Wl,-dynamic-linker,@glibc@/lib/@loader@ \
  ${NIX_CFLAGS_COMPILE:-} "$@" $flags
