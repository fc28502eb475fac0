# The generic builder's functions, sourced by bash inside a derivation: phases, their hooks, and the search paths that come
# from the inputs.
# shellcheck shell=bash disable=SC2154  # the variables come from the derivation

set -eu -o pipefail
shopt -s nullglob

unset PATH
addToSearchPath() { # VARIABLE FOLDER: once, and only if it is there
  [ -d "$2" ] || return 0
  case ":${!1:-}:" in
    *":$2:"*) ;;
    *) export "$1=${!1:+${!1}:}$2" ;;
  esac
}

export NIX_CFLAGS_COMPILE=${NIX_CFLAGS_COMPILE:-} NIX_LDFLAGS=${NIX_LDFLAGS:-}
addInput() { # FOLDER: its programs, headers, libraries and pkg-config files, and what it hands on
  case " ${knownInputs:-} " in *" $1 "*) return 0 ;; esac
  knownInputs="${knownInputs:-} $1"
  addToSearchPath PATH "$1/bin"
  addToSearchPath PKG_CONFIG_PATH "$1/lib/pkgconfig"
  addToSearchPath PKG_CONFIG_PATH "$1/share/pkgconfig"
  addToSearchPath CMAKE_PREFIX_PATH "$1"
  [ ! -d "$1/include" ] || NIX_CFLAGS_COMPILE+=" -isystem $1/include"
  [ ! -d "$1/lib" ] || NIX_LDFLAGS+=" -L$1/lib"
  local file input
  for file in "$1"/nix-support/propagated-build-inputs "$1"/nix-support/propagated-native-build-inputs; do
    [ -f "$file" ] || continue
    for input in $(<"$file"); do addInput "$input"; done
  done
  # shellcheck source=/dev/null
  [ ! -f "$1/nix-support/setup-hook" ] || . "$1/nix-support/setup-hook"
}

for input in ${nativeBuildInputs:-} ${buildInputs:-} ${propagatedBuildInputs:-}; do addInput "$input"; done
for input in $initialPath; do addToSearchPath PATH "$input/bin"; done
export PATH SHELL CONFIG_SHELL=$SHELL HOME=${HOME:-/homeless-shelter}
export NIX_BUILD_CORES=${NIX_BUILD_CORES:-1} SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800}
: "${outputs:=out}"
prefix=${prefix:-${out:-}}

runHook() { # HOOK: a function of that name, else a variable with commands
  if declare -F "$1" >/dev/null; then
    "$1"
  elif [ -n "${!1:-}" ]; then
    eval "${!1}"
  fi
}

runPhase() { # PHASE: the derivation's own text, else the default below
  if [ -n "${!1:-}" ]; then
    eval "${!1}"
  else
    "$1"
  fi
}

unpackFile() {
  if [ -d "$1" ]; then
    cp -R "$1" "$(stripHash "$1")"
  else
    case $1 in
      *.tar | *.tar.* | *.tgz | *.crate) tar -xf "$1" ;;
      *) echo "unpackPhase: $1 is no folder and no tar archive; set dontUnpack or unpackPhase" >&2 && return 1 ;;
    esac
  fi
}

stripHash() {
  local name=${1##*/}
  if [[ $name =~ ^[a-z0-9]{32}- ]]; then name=${name:33}; fi
  printf '%s\n' "$name"
}

unpackPhase() {
  runHook preUnpack
  local before=(*) source entry
  for source in ${srcs:-${src:?no src; set dontUnpack = true for a package without one}}; do unpackFile "$source"; done
  if [ -z "${sourceRoot:-}" ]; then
    for entry in *; do
      [ -d "$entry" ] && [[ " ${before[*]:-} " != *" $entry "* ]] && sourceRoot=$entry
    done
  fi
  chmod -R u+w "${sourceRoot:?the source holds no folder}"
  runHook postUnpack
}

patchPhase() {
  runHook prePatch
  local file
  for file in ${patches:-}; do
    echo "applying patch $file"
    patch -p1 <"$file"
  done
  runHook postPatch
}

configurePhase() {
  runHook preConfigure
  if [ -x ./configure ]; then
    # shellcheck disable=SC2086  # flags are words
    ./configure --prefix="$prefix" ${configureFlags:-}
  fi
  runHook postConfigure
}

hasMakefile() { [ -e Makefile ] || [ -e makefile ] || [ -e GNUmakefile ]; }

buildPhase() {
  runHook preBuild
  # shellcheck disable=SC2086
  ! hasMakefile || make -j"$NIX_BUILD_CORES" SHELL="$SHELL" ${makeFlags:-} ${buildFlags:-}
  runHook postBuild
}

checkPhase() {
  runHook preCheck
  # shellcheck disable=SC2086
  ! hasMakefile || make SHELL="$SHELL" ${makeFlags:-} ${checkTarget:-check}
  runHook postCheck
}

installPhase() {
  runHook preInstall
  # shellcheck disable=SC2086
  ! hasMakefile || make SHELL="$SHELL" ${makeFlags:-} prefix="$prefix" ${installFlags:-} ${installTargets:-install}
  runHook postInstall
}

patchShebangs() { # FOLDER or FILE …: scripts get an interpreter of the search path
  local file line interpreter
  while IFS= read -r -d '' file; do
    IFS= read -r line <"$file" 2>/dev/null || continue
    [[ $line =~ ^'#!'[[:space:]]*([^[:space:]]+)([[:space:]]+([^[:space:]]+))?(.*)$ ]] || continue
    interpreter=${BASH_REMATCH[1]}
    case $interpreter in
      /nix/*) continue ;;
      */env) interpreter=$(type -P "${BASH_REMATCH[3]}") || continue ;;
      *) interpreter=$(type -P "${interpreter##*/}")${BASH_REMATCH[2]} || continue ;;
    esac
    sed -i "1s|.*|#!$interpreter${BASH_REMATCH[4]}|" "$file"
  done < <(find "$@" -type f -perm -u+x -print0)
}

substituteInPlace() { # FILE --replace[-fail] OLD NEW …
  local file=$1 content
  shift
  content=$(cat "$file" && printf x)
  content=${content%x}
  while [ $# -gt 0 ]; do
    case $1 in
      --replace | --replace-fail | --replace-warn)
        if [[ $content != *"$2"* ]] && [ "$1" = --replace-fail ]; then
          echo "substituteInPlace: $file does not contain: $2" >&2
          return 1
        fi
        content=${content//"$2"/"$3"}
        shift 3
        ;;
      *) echo "substituteInPlace: unknown option $1" >&2 && return 1 ;;
    esac
  done
  printf '%s' "$content" >"$file"
}

fixupPhase() {
  runHook preFixup
  local output file
  for output in $outputs; do
    [ -d "${!output}" ] || continue
    [ -n "${dontPatchShebangs:-}" ] || [ ! -d "${!output}/bin" ] || patchShebangs "${!output}/bin"
    if [ -z "${dontStrip:-}" ]; then
      while IFS= read -r -d '' file; do
        [ "$(head -c 4 "$file" | tail -c 3)" != ELF ] || strip --strip-debug "$file" 2>/dev/null || true
      done < <(find "${!output}" -path '*/bin/*' -type f -print0 -o -name '*.so*' -type f -print0)
    fi
    if [ -n "${propagatedBuildInputs:-}" ] && [ "${!output}" = "${dev:-$out}" ]; then
      mkdir -p "${!output}/nix-support"
      echo "$propagatedBuildInputs" >"${!output}/nix-support/propagated-build-inputs"
    fi
  done
  runHook postFixup
}

genericBuild() {
  if [ -n "${buildCommandPath:-}" ]; then
    eval "$(<"$buildCommandPath")"
    return
  elif [ -n "${buildCommand:-}" ]; then
    eval "$buildCommand"
    return
  fi
  local phase
  for phase in ${phases:-unpackPhase patchPhase configurePhase buildPhase checkPhase installPhase fixupPhase}; do
    case $phase in
      unpackPhase) [ -z "${dontUnpack:-}" ] || continue ;;
      patchPhase) [ -z "${dontPatch:-}" ] || continue ;;
      configurePhase) [ -z "${dontConfigure:-}" ] || continue ;;
      buildPhase) [ -z "${dontBuild:-}" ] || continue ;;
      checkPhase) [ -n "${doCheck:-}" ] || continue ;;
      installPhase) [ -z "${dontInstall:-}" ] || continue ;;
      fixupPhase) [ -z "${dontFixup:-}" ] || continue ;;
    esac
    echo "Running phase: $phase"
    runPhase "$phase"
    [ "$phase" != unpackPhase ] || cd "${sourceRoot:-.}"
  done
}

# The shell of `nix develop` reads this file too and goes on without it.
set +u
