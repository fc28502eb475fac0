# pam-sys
{
  libraries = [ "pam" ];
  tools = [ ];
}
