# Who builds: users that may not write to the store. Sourced by nixw.
#
# Nix run by root without a daemon and without build users builds as root. The sandbox shows a build its inputs as they are in the store, and
# what runs as their owner may write to them: a build script could change rustc for all builds after it.
# shellcheck shell=bash

build_group=nixbld

# is_mapped UID: whether there is such a user in this container; others can't be had, whatever /etc/passwd says.
is_mapped() {
  local first count
  while read -r first _ count; do
    [ "$1" -lt "$first" ] || [ "$1" -ge $((first + count)) ] || return 0
  done </proc/self/uid_map
  return 1
}

# has_build_users: whether the group has members, by nixw or by an installer of Nix.
has_build_users() {
  local members
  members=$(getent group "$build_group") || return 1
  [ -n "${members##*:}" ]
}

# make_build_users: the group and its 32 users, as Nix's own installer makes them. They become members at the end, all at once.
make_build_users() {
  has_build_users && return # by the nixw that held the lock
  type -P groupadd useradd gpasswd >/dev/null || return 1
  say "making the users that build (group $build_group), which may not write to the store"
  local number names=() shell
  shell=$(type -P nologin || type -P false)
  getent group "$build_group" >/dev/null || groupadd --system --gid 30000 "$build_group" 2>/dev/null ||
    groupadd --system "$build_group" || return 1
  for number in {1..32}; do
    names+=("$build_group$number")
    getent passwd "$build_group$number" >/dev/null && continue
    local user=(--system --comment "Nix build user $number" --home-dir /var/empty --no-create-home --no-user-group
      --gid "$build_group" --shell "$shell" "$build_group$number")
    useradd --uid $((30000 + number)) "${user[@]}" 2>/dev/null || useradd "${user[@]}" || return 1
  done
  gpasswd --members "$(IFS=, && echo "${names[*]}")" "$build_group" >/dev/null
}

# find_build_users: sets `build_users`, the settings that keep builds from writing to the store.
find_build_users() {
  build_users=("build-users-group =")
  if [ "$(id -u)" != 0 ]; then
    [ -S /nix/var/nix/daemon-socket/socket ] || [ ! -w /nix/store ] ||
      say "warning: builds run as you, who own the store: a build script can change what is in it (docs/nixw.md)"
    return
  fi
  if is_mapped 30001 && { has_build_users || with_lock "$state/lock" make_build_users; }; then
    build_users=("build-users-group = $build_group")
  elif is_version 2 12 && is_mapped 872415232; then
    # Nix's own range of users, which need not be in /etc/passwd.
    build_users=("build-users-group =" "auto-allocate-uids = true" "extra-experimental-features = auto-allocate-uids")
  else
    say "warning: builds run as root: a build script can change what is in the store" \
      "(no users can be made on this machine; docs/nixw.md says what that means)"
  fi
}
