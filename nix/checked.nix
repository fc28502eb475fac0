# checked name function: one of the public functions, whose arguments are looked at before it is called: their names, and, when one is used, its
# kind (argumentKinds.nix). Nix itself would speak of a line of dyrust's.
name: function:
let
  kinds = (import ./argumentKinds.nix).${name};
  # Whether it has a default.
  known = builtins.functionArgs function;
  names = builtins.attrNames known;
  listed = builtins.concatStringsSep ", " names;
  lookAt = import ./lookAt.nix;
  example = builtins.head (builtins.filter (argument: !known.${argument}) names ++ [ "src" ]);
in
given:
let
  unknown = builtins.attrNames (removeAttrs given names);
  missing = builtins.filter (argument: !known.${argument} && !(given ? ${argument})) names;
  misspelt = builtins.head unknown;
  # Where it stands, as far as Nix knows.
  position = builtins.unsafeGetAttrPos misspelt given;
  place =
    if position == null || !(import ./hasPrefix.nix "/" position.file) then
      ""
    else
      " (${position.file}:${toString position.line})";
  # What mkFlake hands on.
  isOfGraph = name == "mkFlake" && (import ./argumentKinds.nix).buildGraph ? ${misspelt};
in
if !builtins.isAttrs given || given ? outPath then
  throw "dyrust: ${name} takes a set of arguments: ${name} { ${example} = …; } (docs/nix-api.md)"
else if unknown != [ ] then
  throw "dyrust: ${name} has no argument `${misspelt}`${place}; ${
    if isOfGraph then
      "buildGraph has it: write arguments = pkgs: { ${misspelt} = …; }"
    else
      "it has: ${listed} (docs/nix-api.md)"
  }"
else if missing != [ ] then
  throw "dyrust: ${name} needs the argument `${builtins.head missing}`; it has: ${listed} (docs/nix-api.md)"
else
  function (builtins.mapAttrs (argument: lookAt "${name}: `${argument}`" kinds.${argument}) given)
