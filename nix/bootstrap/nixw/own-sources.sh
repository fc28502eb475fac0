# The sources of dyrust's own crates, for a Nix whose fetchers do not know the registry. Sourced by nixw.
# shellcheck shell=bash

# wants_own_program: whether the installable is the program `dyrust` of this checkout.
wants_own_program() {
  [ "$flake" = "$root" ] || return 1
  case $installable in
    dyrust | flake:dyrust | *'#dyrust' | *'#default') ;;
    *) return 1 ;;
  esac
}

# add_own_sources: puts what Cargo has of them into the store, under the names that nixpkgs' fetchers give them. Whoever has no dyrust yet can't
# ask it for that (`dyrust prefetch`).
add_own_sources() {
  local nix_store key list folder name version
  nix_store=$(dirname "$nix")/nix-store
  key=$(sha256sum <"$root/Cargo.lock")
  list=$state/own-sources/${key:0:16}
  if [ -e "$list" ] && xargs "$nix_store" --check-validity <"$list" 2>/dev/null; then
    return
  fi
  say "putting the sources of dyrust's own crates into the store, by cargo"
  (cd "$root" && "${CARGO:-cargo}" fetch --quiet --locked) ||
    fail "cargo cannot fetch what dyrust is made of" "The message above says why; \`nixw run dyrust\` needs it where nixpkgs cannot be reached."
  mkdir -p "$state/own-sources"
  folder=$(mktemp -d "$state/own-sources/.XXXXXX")
  # Packages with a checksum are those of a registry.
  awk -F'"' '/^name = / { name = $2 } /^version = / { version = $2 } /^checksum = / { print name, version }' "$root/Cargo.lock" |
    while read -r name version; do
      # The file that came last, should there be several registries.
      cp "$(ls -t "${CARGO_HOME:-$home/.cargo}"/registry/cache/*/"$name-$version.crate" | head -n 1)" "$folder/$name-$version.tar.gz"
    done
  find "$folder" -name '*.tar.gz' -print0 | xargs -0 "$nix_store" --add-fixed sha256 >"$list.$$"
  mv "$list.$$" "$list"
  rm -rf "$folder"
}
