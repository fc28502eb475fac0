# sameKeys what shown found: true, if a set that the book shows has the names that there are in the one that was found, no less and no more.
what: shown: found:
let
  missing = builtins.attrNames (removeAttrs found (builtins.attrNames shown));
  additional = builtins.attrNames (removeAttrs shown (builtins.attrNames found));
in
if missing == [ ] && additional == [ ] then
  true
else
  throw "${what}: the page has not ${builtins.toJSON missing}, and has ${builtins.toJSON additional}, which is not there"
