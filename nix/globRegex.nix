# globRegex pattern: the regular expression, for builtins.match, of a pattern as Cargo's manifests have them: `*`, `?` and `[…]`
# within a name, `**` over folders.
pattern:
let
  special = [
    "\\"
    "."
    "+"
    "("
    ")"
    "{"
    "}"
    "|"
    "^"
    "$"
    "]"
  ];
  escape = builtins.replaceStrings special (map (character: "\\${character}") special);
  wildcard =
    text:
    if text == "**/" then
      "(.*/)?"
    else if text == "**" then
      ".*"
    else if text == "*" then
      "[^/]*"
    else if text == "?" then
      "[^/]"
    else
      builtins.replaceStrings [ "[!" ] [ "[^" ] text;
  parts = builtins.split "([*][*]/|[*][*]|[*]|[?]|[[][^]]+])" pattern;
in
builtins.concatStringsSep "" (
  map (part: if builtins.isString part then escape part else wildcard (builtins.head part)) parts
)
