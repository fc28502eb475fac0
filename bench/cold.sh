# shellcheck shell=bash
# Sourced by bench scripts: what builds cost.

# As nixw has it: the nix-store of the machine would miss a group.
export NIX_CONFIG="build-users-group ="

# cpu_seconds COMMAND…: runs it and prints the seconds that it and its children kept a core busy: unlike the time that passes, they
# are the same whatever else the machine does. What the command says is shown if it fails.
cpu_seconds() {
  local TIMEFORMAT='%U %S' used said
  said=$(mktemp)
  used=$({ time "$@" >"$said" 2>&1; } 2>&1) || {
    tail -n 20 "$said" >&2
    rm -f "$said"
    return 1
  }
  rm -f "$said"
  echo "$used" | awk '{ printf "%.0f", $1 + $2 }'
}

# cold_build FOLDER FLAKE: builds the program with a store in FOLDER, which has what is no unit, so that all units are built; then the
# program is in the machine's store, too, and FOLDER is removed. Prints cpu_seconds.
cold_build() {
  local store=$1 flake=$2 derivation seconds
  derivation=$(./nixw eval --raw "$flake.drvPath" 2>/dev/null)
  # Units are what the builder's program builds.
  nix-store --query --requisites "$derivation" | grep '[.]drv$' | sort >"$store.all"
  grep -e '-dyrust-builder.drv$' "$store.all" | xargs nix-store --query --referrers | grep -v -e '-libstd-rust-' | sort >"$store.units"
  comm -23 "$store.all" "$store.units" | xargs nix-store --query --outputs | sort -u >"$store.outputs"
  xargs nix-store --check-validity --print-invalid <"$store.outputs" | sort >"$store.invalid"
  comm -23 "$store.outputs" "$store.invalid" >"$store.paths"
  xargs ./nixw copy --no-check-sigs --to "local?root=$store" <"$store.paths" 2>/dev/null
  seconds=$(cpu_seconds ./nixw build --store "local?root=$store" --no-link "$flake") || return 1
  ./nixw copy --no-check-sigs --from "local?root=$store" "$(./nixw eval --raw "$flake.outPath" 2>/dev/null)" \
    "$(./nixw eval --raw "$flake.dev.outPath" 2>/dev/null)" 2>/dev/null
  chmod -R u+w "$store"
  rm -rf "$store" "$store".{all,units,outputs,invalid,paths}
  echo "$seconds"
}
