#!@sh@
# shellcheck shell=bash
# bash complains of a locale that is not there.
[ -n "${BASH_VERSION:-}" ] || LC_ALL=C exec @shell@ "$0" "$@"
# Calls @program@ with the PKG_CONFIG_PATH of this platform's role, as nixpkgs' wrapper does.
# shellcheck disable=SC2154
set -eu
salt=@salt@
. @common@
roles PKG_CONFIG_WRAPPER
if [ ${#roles[@]} -gt 0 ]; then
  words PKG_CONFIG_PATH
  # Words are folders here.
  read -ra folders <<<"$value"
  PKG_CONFIG_PATH=$(IFS=: && echo "${folders[*]}")
  export PKG_CONFIG_PATH
fi
exec @program@ "$@"
