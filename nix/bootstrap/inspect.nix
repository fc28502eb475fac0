# What nixw has to know about a flake's inputs, one fact a line, from its files alone; nothing is fetched.
#
#   nixpkgs-input PATH    an input to give the bootstrap package set to, such as dyrust/nixpkgs
#   nixpkgs-store PATH    where the locked nixpkgs would be in the store
#   nixpkgs-url URL       where it would be downloaded from
#   dyrust-remote INPUT URL   an input that is dyrust, and where it would be downloaded from
#   registered URL        what the user's registry says that `dyrust` is
{
  # Folders and files as strings; `flake`, the one with flake.nix, is empty if there is none.
  flake,
  # nixw's own checkout
  own,
  # files that may say where `dyrust` is
  registries,
}:
let
  hasFlake = flake != "";
  read = file: if builtins.pathExists file then builtins.fromJSON (builtins.readFile file) else null;
  lockOf =
    folder:
    let
      lock = read (folder + "/flake.lock");
    in
    if lock == null then
      {
        root = { };
        nodes = { };
      }
    else
      lock // { root = lock.nodes.${lock.root}; };

  file = if !hasFlake then { outputs = _: { }; } else import (flake + "/flake.nix");
  lock =
    if !hasFlake then
      {
        root = { };
        nodes = { };
      }
    else
      lockOf flake;
  locked = lock.root.inputs or { };
  declared =
    builtins.removeAttrs (builtins.functionArgs file.outputs) [ "self" ] // file.inputs or { };
  inputs = builtins.mapAttrs (_: input: if builtins.isAttrs input then input else { }) declared;

  # A lock's node by the name it is referred to, or null for `follows` and what is not locked.
  node = nodes: reference: if builtins.isString reference then nodes.${reference} or null else null;

  # Where an input comes from: as it is locked, else as flake.nix says.
  sourceOf =
    name:
    let
      locked' = node lock.nodes (locked.${name} or null);
    in
    if locked' != null then locked'.locked else parse (inputs.${name}.url or "flake:${name}");
  # The inputs that are dyrust: by their name, or by where they come from.
  isDyrust =
    name:
    let
      source = sourceOf name;
    in
    name == "dyrust" || source.owner or "" == "dyrust" && source.repo or "" == "dyrust";
  dyrusts = builtins.filter isDyrust (builtins.attrNames inputs);
  lockedNixpkgs = name: (node lock.nodes (locked.${name} or null)).inputs.nixpkgs or null;
  follows =
    name:
    if node lock.nodes (locked.${name} or null) != null then
      builtins.isList (lockedNixpkgs name)
    else
      inputs.${name}.inputs.nixpkgs.follows or null != null;
  hasNixpkgs = inputs ? nixpkgs;

  ownLock = lockOf own;
  nixpkgsNode =
    let
      direct = node lock.nodes (locked.nixpkgs or null);
      through = if dyrusts == [ ] then null else node lock.nodes (lockedNixpkgs (builtins.head dyrusts));
    in
    if hasNixpkgs then
      direct
    else if through != null then
      through
    else
      node ownLock.nodes (ownLock.root.inputs.nixpkgs or null);

  # Where an input's tree is downloaded from; null if it is on this machine.
  download =
    source:
    if source.type == "github" then
      "https://${source.host or "github.com"}/${source.owner}/${source.repo}"
    else if source.type == "gitlab" || source.type == "sourcehut" then
      "https://${
        source.host or {
          gitlab = "gitlab.com";
          sourcehut = "git.sr.ht";
        }
        .${source.type}
      }/${source.owner}/${source.repo}"
    else if builtins.match "(flake:)?nixpkgs(/.*)?" (source.url or "") != null then
      # The public registry's entry.
      "https://github.com/NixOS/nixpkgs"
    else if builtins.match "(git[+])?https?://.*" (source.url or "") != null then
      builtins.head (builtins.match "(git[+])?(https?://.*)" source.url)
    else
      null;
  parse =
    url:
    let
      forge = builtins.match "(github|gitlab|sourcehut):([^/]+)/([^/?]+).*" url;
    in
    if forge == null then
      {
        type = "url";
        inherit url;
      }
    else
      {
        type = builtins.elemAt forge 0;
        owner = builtins.elemAt forge 1;
        repo = builtins.elemAt forge 2;
      };

  storePath =
    narHash:
    (derivation {
      name = "source";
      system = "none";
      builder = "none";
      outputHashMode = "recursive";
      outputHash = narHash;
    }).outPath;

  registered = builtins.concatMap (
    registry:
    builtins.filter (entry: entry.from.type or "" == "indirect" && entry.from.id or "" == "dyrust") (
      (read registry).flakes or [ ]
    )
  ) (builtins.filter builtins.pathExists registries);
  registeredUrl =
    let
      to = (builtins.head registered).to;
    in
    if registered == [ ] then
      null
    else if to.type == "path" then
      "path:${to.path}"
    else if to.type == "git" then
      "git+${to.url}"
    else
      null;

  # Not locked: what flake.nix says, else what dyrust itself is locked to.
  nixpkgsSource =
    if nixpkgsNode != null then
      nixpkgsNode.locked
    else
      parse (inputs.nixpkgs.url or "github:NixOS/nixpkgs");

  fact =
    name: value: if value == null then "" else "${name} ${builtins.unsafeDiscardStringContext value}\n";
in
builtins.concatStringsSep "" (
  [ (fact "nixpkgs-input" (if hasNixpkgs then "nixpkgs" else null)) ]
  ++ map (name: fact "nixpkgs-input" (if follows name then null else "${name}/nixpkgs")) dyrusts
  ++ map (
    name:
    let
      url = download (sourceOf name);
    in
    fact "dyrust-remote" (if url == null then null else "${name} ${url}")
  ) dyrusts
  ++ [
    (fact "nixpkgs-store" (if nixpkgsSource ? narHash then storePath nixpkgsSource.narHash else null))
    (fact "nixpkgs-url" (download nixpkgsSource))
    (fact "registered" registeredUrl)
  ]
)
