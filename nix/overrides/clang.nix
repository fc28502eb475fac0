# clang-sys, and through it whoever uses bindgen: libclang is loaded while build scripts run, and must find the C library's headers.
{
  libraries = [ ];
  tools = [ ];
  environment =
    pkgs:
    let
      library = pkgs.libclang.lib;
      major = builtins.head (builtins.split "\\." pkgs.libclang.version);
    in
    if pkgs ? libclang then
      {
        LIBCLANG_PATH = "${library}/lib";
        BINDGEN_EXTRA_CLANG_ARGS = "-isystem ${library}/lib/clang/${major}/include -idirafter ${pkgs.stdenv.cc.libc.dev}/include";
      }
    else
      { };
}
