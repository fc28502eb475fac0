{
  pkgs,
  dyrust,
  packages,
}:
{ }
