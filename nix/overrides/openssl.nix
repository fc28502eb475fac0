# openssl-sys: the package set's library, also for programs that ask for a `vendored` one: it gets security updates, and programs share it
{
  libraries = [ "openssl" ];
  tools = [ "pkg-config" ];
  environment = pkgs: if pkgs ? openssl then { OPENSSL_NO_VENDOR = "1"; } else { };
}
