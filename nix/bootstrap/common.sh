# Functions that nixw and the scripts beside this file share. Sourced by bash.
# shellcheck shell=bash

say() { printf 'nixw: %s\n' "$*" >&2; }

# fail MESSAGE ADVICE…: what is wrong, then what to do about it, a line each.
fail() {
  printf 'nixw: error: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '      %s\n' "$@" >&2
  exit 1
}

# with_lock FILE COMMAND…: one nixw at a time; the one that waits says so.
with_lock() {
  local lock=$1
  shift
  mkdir -p "${lock%/*}"
  (
    if ! flock --nonblock 9; then
      say "another nixw is at work; waiting for it"
      flock 9
    fi
    "$@"
  ) 9>"$lock"
}

# private_apt FOLDER [SOURCE]: writes FOLDER/apt.conf, an apt with a state of its own: no package counts as installed, so
# the closure of any package is complete, and nothing of the machine's apt is changed. The machine's own sources, proxies and
# keys are used; SOURCE, a line for sources.list, replaces the sources.
private_apt() {
  local apt=$1 source=${2:-}
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  : >"$apt/status"
  {
    printf 'Dir::State "%s";\nDir::State::lists "%s/lists";\nDir::State::status "%s/status";\nDir::Cache "%s/cache";\n' \
      "$apt" "$apt" "$apt" "$apt"
    if [ -n "$source" ]; then
      mkdir -p "$apt/empty"
      printf '%s\n' "$source" >"$apt/sources.list"
      printf 'Dir::Etc::sourcelist "%s/sources.list";\nDir::Etc::sourceparts "%s/empty";\nDir::Etc::preferencesparts "%s/empty";\nDir::Etc::preferences "%s/empty/none";\n' \
        "$apt" "$apt" "$apt" "$apt"
    fi
    printf '%s\n' 'APT::Sandbox::User "root";' 'APT::Install-Recommends "false";' 'APT::Install-Suggests "false";' \
      'APT::Get::List-Cleanup "false";' 'Acquire::Languages "none";' \
      'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";' \
      'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";' \
      'DPkg::Post-Invoke {}; APT::Update::Post-Invoke {}; APT::Update::Post-Invoke-Success {};'
    printf '#clear %s;\n' DPkg::Post-Invoke APT::Update::Pre-Invoke APT::Update::Post-Invoke \
      APT::Update::Post-Invoke-Success APT::Update::Post-Invoke-Stats
  } >"$apt/apt.conf"
}

# apt_update FOLDER: reads the package lists.
apt_update() {
  local apt=$1
  if ! apt-get -qq -c "$apt/apt.conf" update >"$apt/log" 2>&1; then
    tail -n 5 "$apt/log" >&2
    fail "apt cannot read its package lists" "Does \`apt-get update\` work on this machine? A proxy belongs into /etc/apt/apt.conf.d."
  fi
}

# apt_download FOLDER PACKAGE…: the packages and all that they depend on, into FOLDER/cache/archives.
apt_download() {
  local apt=$1
  shift
  if ! apt-get -qq -y -c "$apt/apt.conf" install --download-only "$@" >"$apt/log" 2>&1; then
    tail -n 5 "$apt/log" >&2
    fail "apt cannot download packages" "Does \`apt-get download bash\` work on this machine?"
  fi
}

# are_there FILE: whether all store paths that the file lists, one a line, still are.
are_there() {
  local path
  [ -s "$1" ] || return 1
  while read -r path; do [ -e "$path" ] || return 1; done <"$1"
}

# add_debs FOLDER: puts the packages in FOLDER/apt/cache/archives into the store, lists their paths in FOLDER/paths, and writes their pins
# to FOLDER/debian.json: by the package's name, with ":ARCHITECTURE" where that is not the machine's own. `nix_store` is the program.
add_debs() {
  local deb file package architecture version depends
  # Names that the store accepts. What busybox cannot read (zstd) is compressed anew.
  mkdir -p "$1/debs"
  for deb in "$1"/apt/cache/archives/*.deb; do
    file=${deb##*/}
    file=${file//%3a/-}
    file=${file//[^A-Za-z0-9+._-]/-}
    if head -c 300000 "$deb" | grep -a -q '^data\.tar\.zst'; then
      dpkg-deb --raw-extract "$deb" "$1/raw"
      dpkg-deb --root-owner-group -Zxz -z1 --build "$1/raw" "$1/debs/$file" >/dev/null
      rm -rf "$1/raw"
    else
      ln "$deb" "$1/debs/$file"
    fi
  done
  say "putting $(find "$1/debs" -name '*.deb' | wc -l) packages ($(du -sh "$1/debs" | cut -f1)) into the store"
  "$nix_store" --add-fixed sha256 "$1/debs"/*.deb >"$1/paths"

  {
    echo '{'
    for deb in "$1/debs"/*.deb; do
      # shellcheck disable=SC2016  # dpkg-deb fills the fields in
      dpkg-deb --show --showformat '${Package}\t${Architecture}\t${Version}\t${Pre-Depends}, ${Depends}\n' "$deb" | tr -d '"' |
        while IFS=$'\t' read -r package architecture version depends; do
          case $architecture in all | "$(dpkg --print-architecture)") ;; *) package=$package:$architecture ;; esac
          version=${version#*:}
          version=${version%-*}
          printf '  "%s": { "version": "%s", "file": "%s", "sha256": "%s", "depends": "%s" },\n' \
            "$package" "${version//[^A-Za-z0-9+._-]/-}" "${deb##*/}" "$(sha256sum "$deb" | cut -d ' ' -f 1)" "$depends"
        done
    done | sed '$ s/,$//'
    echo '}'
  } >"$1/debian.json"
}
