# memberSource { place, members } path: a workspace member's own folder, without what lies in it but belongs to others.
# A change in one member then rebuilds that member and what depends on it, nothing else.
{ place, members }:
let
  hasPrefix = prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix;

  # What no crate is made of, at the top of a workspace or a member.
  notSource = [
    ".git"
    "target"
    "result"
    "Cargo.lock"
    "crate-graph.json"
    "flake.nix"
    "flake.lock"
  ];
in
path:
let
  root = place path;
  start = builtins.stringLength (toString root) + 1;
  within = if path == "." then "" else "${path}/";
  otherMembers = map (member: builtins.substring (builtins.stringLength within) (-1) member) (
    builtins.filter (member: member != path && member != "." && hasPrefix within member) members
  );
in
builtins.path {
  name = "source";
  path = root;
  filter =
    file: _type:
    let
      relative = builtins.substring start (-1) (toString file);
    in
    !(builtins.elem relative notSource || builtins.elem relative otherMembers);
}
