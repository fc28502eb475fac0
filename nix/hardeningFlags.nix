# hardeningFlags { default, enable, disable }: the hardening flags of a package, by the rules of nixpkgs' mkDerivation, which refuses
# names that it does not know, too.
{
  default,
  enable,
  disable,
}:
let
  # Those of mkDerivation, of older nixpkgs, too.
  known = default ++ [
    "bindnow"
    "format"
    "fortify"
    "fortify3"
    "glibcxxassertions"
    "libcxxhardeningextensive"
    "libcxxhardeningfast"
    "nostrictaliasing"
    "pacret"
    "pic"
    "pie"
    "relro"
    "shadowstack"
    "stackclashprotection"
    "stackprotector"
    "strictflexarrays1"
    "strictflexarrays3"
    "strictoverflow"
    "trivialautovarinit"
    "zerocallusedregs"
  ];
  unknown = builtins.filter (flag: !(builtins.elem flag known)) (
    enable ++ builtins.filter (flag: flag != "all") disable
  );
  # fortify3 is a stronger fortify.
  off = disable ++ (if builtins.elem "fortify" disable then [ "fortify3" ] else [ ]);
in
if unknown != [ ] then
  throw "dyrust: overrides: there is no hardening flag `${builtins.head unknown}`; known are: ${builtins.concatStringsSep ", " (builtins.attrNames (import ./asSet.nix known))} (docs/native.md)"
else if builtins.elem "all" off then
  [ ]
else
  builtins.filter (flag: !(builtins.elem flag off)) (
    default ++ builtins.filter (flag: !(builtins.elem flag default)) enable
  )
