# globRegex pattern: the regular expression, for builtins.match, of a pattern as Cargo's manifests have them: `*`, `?` and `[…]`
# within a name, `**` over folders. Braces stand for themselves, and so does a bracket that is not closed: Cargo reads such a pattern only
# when it packs.
pattern:
let
  special = [
    "\\"
    "."
    "+"
    "("
    ")"
    "|"
    "^"
    "$"
  ];
  # Not every library of regular expressions takes a backslash before one that closes.
  brackets = [
    "["
    "{"
    "}"
    "]"
  ];
  escape = builtins.replaceStrings (special ++ brackets) (
    map (character: "\\${character}") special ++ map (character: "[${character}]") brackets
  );
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
