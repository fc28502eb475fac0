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
