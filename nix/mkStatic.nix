# mkStatic program: one program with everything inside, linked again from the objects of its nodes (docs/relinker.md).
{ mkImage }:
program:
mkImage {
  name = "${program.pname or program.name}-static";
  programs = [ program ];
  form = "static";
}
// {
  inherit (program) pname version;
}
