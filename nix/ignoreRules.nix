# ignoreRules patterns: the patterns of a manifest's `include` or `exclude`, which are those of .gitignore, as { matches, mayHold }:
#   matches PATH    whether a path is one of those meant
#   mayHold PATH    whether there may be such paths below a folder
patterns:
let
  globRegex = import ./globRegex.nix;
  hasPrefix = import ./hasPrefix.nix;
  rule =
    pattern:
    let
      negated = hasPrefix "!" pattern;
      bare = builtins.match "(/?)(.*[^/])/*" (
        if negated then builtins.substring 1 (-1) pattern else pattern
      );
      text = builtins.elemAt bare 1;
      # A pattern with a slash is meant from the package's folder, any other at every depth.
      anchored = builtins.elemAt bare 0 == "/" || builtins.match ".*/.*" text != null;
      fixed = builtins.head (builtins.match "([^*?[]*).*" text);
    in
    if bare == null then
      [ ]
    else
      [
        {
          inherit negated;
          regex = (if anchored then "" else "(.*/)?") + globRegex text + "(/.*)?";
          mayHold = path: !anchored || hasPrefix "${path}/" text || hasPrefix fixed "${path}/";
        }
      ];
  # `a.{b,c}` is `a.b` and `a.c`: Cargo's library has it so, other than git.
  expand =
    pattern:
    let
      parts = builtins.match "([^{]*)[{]([^{}]*)[}](.*)" pattern;
      part = builtins.elemAt parts;
    in
    if parts == null then
      [ pattern ]
    else
      builtins.concatMap (choice: expand (part 0 + choice + part 2)) (
        builtins.filter builtins.isString (builtins.split "," (part 1))
      );
  rules = builtins.concatMap rule (builtins.concatMap expand patterns);
in
{
  matches =
    path:
    builtins.foldl' (
      found: rule: if builtins.match rule.regex path != null then !rule.negated else found
    ) false rules;
  mayHold = path: builtins.any (rule: !rule.negated && rule.mayHold path) rules;
}
