# compatibleRange version: the versions that Cargo takes for compatible with one: 2, 0.3, 0.0.7
# (https://doc.rust-lang.org/cargo/reference/semver.html).
version:
let
  part = builtins.elemAt (builtins.splitVersion version);
in
if part 0 != "0" then
  part 0
else if part 1 != "0" then
  "0.${part 1}"
else
  "0.0.${part 2}"
