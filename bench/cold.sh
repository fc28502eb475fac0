# shellcheck shell=bash
# Sourced by bench scripts: builds in a store of its own, which has what is no unit, so that all units are built.

# cold_build FOLDER FLAKE: builds the program with a store in FOLDER, which is removed again; prints the seconds that it took.
cold_build() {
  local store=$1 flake=$2 derivation units start
  derivation=$(./nixw eval --raw "$flake.drvPath" 2>/dev/null)
  ./nixw build --no-link "$flake" 2>/dev/null
  # Units are what the builder's program builds.
  units=$(nix-store --query --requisites "$derivation" | grep -e '-dyrust-builder.drv$' | xargs nix-store --query --referrers | grep -v -e '-libstd-rust-')
  nix-store --query --requisites "$derivation" | grep '[.]drv$' | grep -vxF "$units" | xargs nix-store --query --outputs | sort -u |
    while read -r path; do [ ! -e "$path" ] || echo "$path"; done >"$store.paths"
  xargs ./nixw copy --no-check-sigs --to "local?root=$store" <"$store.paths" 2>/dev/null
  start=$(date +%s.%N)
  ./nixw build --store "local?root=$store" --no-link "$flake" 2>"$store.log" || { tail -n 20 "$store.log" >&2; return 1; }
  echo "$(date +%s.%N) $start" | awk '{ printf "%.0f", $1 - $2 }'
  chmod -R u+w "$store"
  rm -rf "$store" "$store.paths" "$store.log"
}
