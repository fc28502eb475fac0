# hardeningFlags { default, enable, disable }: the hardening flags of a package, by the rules of nixpkgs' mkDerivation.
{
  default,
  enable,
  disable,
}:
let
  # fortify3 is a stronger fortify.
  off = disable ++ (if builtins.elem "fortify" disable then [ "fortify3" ] else [ ]);
in
if builtins.elem "all" off then
  [ ]
else
  builtins.filter (flag: !(builtins.elem flag off)) (
    default ++ builtins.filter (flag: !(builtins.elem flag default)) enable
  )
