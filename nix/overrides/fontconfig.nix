# yeslogic-fontconfig-sys, servo-fontconfig-sys
{
  libraries = [ "fontconfig" ];
  tools = [ "pkg-config" ];
}
