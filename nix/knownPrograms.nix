# knownPrograms packageAttributes programs: the programs, if the attributes are all for one of them.
packageAttributes: programs:
let
  unknown = builtins.filter (name: !(programs ? ${name})) (builtins.attrNames packageAttributes);
in
if unknown == [ ] then
  programs
else
  throw "dyrust: packageAttributes: the graph has no program `${builtins.head unknown}`; it has: ${builtins.concatStringsSep ", " (builtins.attrNames programs)}"
