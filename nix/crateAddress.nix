# crateAddress template package: where a registry has a crate's file, by the `dl` of its configuration
# (https://doc.rust-lang.org/cargo/reference/registry-index.html#index-configuration): with Cargo's markers, or without any.
template:
{
  name,
  version,
  sha256,
  ...
}:
let
  letters = text: builtins.genList (index: builtins.substring index 1 text) 26;
  toLower = builtins.replaceStrings (letters "ABCDEFGHIJKLMNOPQRSTUVWXYZ") (
    letters "abcdefghijklmnopqrstuvwxyz"
  );
  length = builtins.stringLength name;
  start = builtins.substring 0 2 name;
  # The folder of the crate in an index.
  prefix =
    if length <= 2 then
      toString length
    else if length == 3 then
      "3/${builtins.substring 0 1 name}"
    else
      "${start}/${builtins.substring 2 2 name}";
  markers = {
    "{crate}" = name;
    "{version}" = version;
    "{prefix}" = prefix;
    "{lowerprefix}" = toLower prefix;
    "{sha256-checksum}" = sha256;
  };
  names = builtins.attrNames markers;
  address = builtins.replaceStrings names (map (name: markers.${name}) names) template;
in
if address == template then "${template}/${name}/${version}/download" else address
