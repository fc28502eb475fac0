#!@sh@
# shellcheck shell=bash
# bash complains of a locale that is not there.
[ -n "${BASH_VERSION:-}" ] || LC_ALL=C exec @shell@ "$0" "$@"
# Calls @program@ as nixpkgs' compiler wrapper does: with the C library and loader of this package set, flags and hardening of the
# environment's variables, and the linker's wrapper.
# shellcheck disable=SC2154,SC2086,SC2206
set -eu
shopt -s nullglob
salt=@salt@
. @common@
roles CC_WRAPPER
expand "$@"

links=1
inputs=
cxx=@cxx@
headers=1
for param in ${params[@]+"${params[@]}"}; do
  case $param in
    -[cSEM] | -MM | -x*-header) links= ;;
    -nostdinc | -nostdinc++) headers= ;;
    -?*) ;;
    *) inputs=1 ;;
  esac
done
[ -n "$inputs" ] || links=

if is_on NIX_ENFORCE_NO_NATIVE; then
  kept=()
  for param in ${params[@]+"${params[@]}"}; do
    if [[ $param == -m*=native ]]; then
      echo "warning: Skipping impure flag $param because NIX_ENFORCE_NO_NATIVE is set" >&2
    else
      kept+=("$param")
    fi
  done
  params=(${kept[@]+"${kept[@]}"})
fi

before=()
after=()
hardening
if hardened fortify3 || hardened fortify; then
  before+=(-O2 -U_FORTIFY_SOURCE)
  after+=(-U_FORTIFY_SOURCE)
  if hardened fortify3; then after+=(-D_FORTIFY_SOURCE=3); else after+=(-D_FORTIFY_SOURCE=2); fi
fi
! hardened stackprotector || before+=(-fstack-protector-strong --param ssp-buffer-size=4)
! hardened stackclashprotection || before+=(-fstack-clash-protection)
! hardened zerocallusedregs || before+=(-fzero-call-used-regs=used-gpr)
! hardened pic || before+=(-fPIC)
! hardened strictoverflow || before+=(-fno-strict-overflow)
! hardened format || before+=(-Wformat -Wformat-security -Werror=format-security)

before+=(--sysroot=@libcDev@ -B@libcDev@/lib/ -B@tools@/)
[ -z "$headers" ] || after+=(-idirafter @libcDev@/include)
words NIX_CFLAGS_COMPILE_BEFORE
before+=($value)
words NIX_CFLAGS_COMPILE
after+=($value)
if [ -n "$cxx" ]; then
  words NIX_CXXSTDLIB_COMPILE
  after+=($value)
fi

if [ -n "$links" ]; then
  # What is said to the linker here is not said again by its wrapper.
  words NIX_CFLAGS_LINK
  after+=($value)
  case " ${params[*]} " in
    *" -static "* | *" -static-pie "*) ;;
    *) before+=(-Wl,-dynamic-linker=@loader@) ;;
  esac
  words NIX_LDFLAGS
  for flag in $value -L@libc@/lib -L@libgcc@/lib ${cxx:+-L@libstdcxx@/lib}; do
    case $flag in -L/*) after+=("$flag") ;; *) after+=("-Wl,$flag") ;; esac
  done
  export NIX_LINK_TYPE_$salt=dynamic
fi
# With nothing but a question to it, gcc would take further arguments for something to do.
if [ "$*" = -v ]; then
  before=()
  after=()
fi
exec @program@ ${before[@]+"${before[@]}"} ${params[@]+"${params[@]}"} ${after[@]+"${after[@]}"}
