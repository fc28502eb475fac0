# openssl-src: compiles OpenSSL where an override asks for the `vendored` one
{
  libraries = [ ];
  tools = [ "perl" ];
}
