# outside { src, given } path: where a path of the graph is, relative to `src`; one that begins with `../` lies beside it.
{
  src,
  # Path in the graph, such as "../lib", → a path or a flake input. What lies below it is found, too.
  given ? { },
}:
let
  isBelow = import ./isBelow.nix;
  # What Nix copied ends with its store path. Beyond are the machine's own files, which an evaluation that is not pure would take into builds.
  copied = builtins.match "(${builtins.storeDir}/[^/]+)(/.*)?" (
    builtins.unsafeDiscardStringContext (toString src)
  );
  isCopied =
    path:
    let
      real = toString (/. + builtins.unsafeDiscardStringContext "${toString src}/${path}");
    in
    copied == null || builtins.match ".*\\.\\..*" path == null || isBelow real (builtins.head copied);
  trim =
    path:
    let
      last = builtins.stringLength path - 1;
    in
    if last > 0 && builtins.substring last 1 path == "/" then builtins.substring 0 last path else path;
in
written:
let
  path = trim written;
  # The longest is the closest.
  fitting = builtins.sort (a: b: builtins.stringLength a > builtins.stringLength b) (
    builtins.filter (isBelow path) (builtins.attrNames given)
  );
  folder = builtins.head fitting;
  # In a flake that holds more than the workspace it is simply there.
  beside = src + "/${path}";
in
if path == "." then
  src
else if !(isBelow path "..") && isCopied path then
  src + "/${path}"
else if fitting != [ ] then
  given.${folder} + builtins.substring (builtins.stringLength folder) (-1) path
else if isCopied path && builtins.pathExists beside then
  beside
else
  throw "dyrust: the workspace uses ${path}, which lies outside of `src`, where Nix does not see it; make it an input of the flake, and give it to buildGraph: outside = { \"${path}\" = inputs.NAME; }"
