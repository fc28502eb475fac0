#!@sh@
# shellcheck shell=bash
# bash complains of a locale that is not there.
[ -n "${BASH_VERSION:-}" ] || LC_ALL=C exec @shell@ "$0" "$@"
# Calls @program@ as nixpkgs' linker wrapper does: every shared object of the store that is linked to gets its folder into the RUNPATH,
# unless NIX_DONT_SET_RPATH is 1; relro and bindnow as the hardening variables say.
# shellcheck disable=SC2154,SC2086,SC2206
set -eu
shopt -s nullglob
salt=@salt@
. @common@
roles BINTOOLS_WRAPPER
expand "$@"

before=()
after=()
hardening
! hardened relro || before+=(-z relro)
! hardened bindnow || before+=(-z now)
by_compiler=NIX_LINK_TYPE_$salt
if [ -z "${!by_compiler:-}" ]; then
  words NIX_LDFLAGS
  after+=($value -L@libc@/lib -L@libgcc@/lib)
  before+=(--sysroot=@libcDev@)
  case " ${params[*]} " in *" -static "* | *" -static-pie "*) ;; *) before+=(-dynamic-linker @loader@) ;; esac
fi
words NIX_LDFLAGS_AFTER
after+=($value)

if ! is_on NIX_DONT_SET_RPATH; then
  folders=()
  declare -A names=() known=()
  previous=
  for param in ${before[@]+"${before[@]}"} ${params[@]+"${params[@]}"} ${after[@]+"${after[@]}"}; do
    case $previous in
      -L) folders+=("$param") ;;
      -l) names[lib$param.so]=1 ;;
      -dynamic-linker | -plugin | -o | -soname | -h) ;;
      *)
        case $param in
          -L/*) folders+=("${param#-L}") ;;
          -l?*) names[lib${param#-l}.so]=1 ;;
          /nix/store/*.so | /nix/store/*.so.*)
            folders+=("${param%/*}")
            names[${param##*/}]=1
            ;;
        esac
        ;;
    esac
    previous=$param
  done
  for folder in ${folders[@]+"${folders[@]}"}; do
    [[ $folder == /nix/store/* ]] && [ -z "${known[$folder]:-}" ] || continue
    # What is linked to in the compiler's folder, and beside the headers of libc, leads to objects that are loaded from elsewhere: from the
    # folders that the wrappers add, where an object has its version in its name.
    case $folder/ in @libcDev@/* | */lib/gcc/*) continue ;; esac
    for file in "$folder"/*.so*; do
      name=${file##*/}
      if [ -n "${names[$name]:-}" ] || [ -n "${names[${name%%.so*}.so]:-}" ]; then
        known[$folder]=1
        after+=(-rpath "$folder")
        break
      fi
    done
  done
fi
exec @program@ ${before[@]+"${before[@]}"} ${params[@]+"${params[@]}"} ${after[@]+"${after[@]}"}
