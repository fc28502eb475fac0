# mkStatic program: one program with everything inside, linked again from the objects of its nodes (docs/relinker.md).
{ mkImage }:
program:
if !(builtins.isAttrs program && program ? outPath) then
  throw "dyrust: mkStatic takes a program of buildGraph or buildFleet: mkStatic workspace.packages.NAME"
else
  mkImage {
    name = "${program.pname or program.name}-static";
    programs = [ program ];
    form = "static";
  }
  // {
    inherit (program) pname version;
  }
