# clang-sys, and through it whoever uses bindgen: libclang is loaded while build scripts run, and must find the C library's headers.
{
  libraries = [ ];
  tools = [ ];
  environment =
    pkgs:
    let
      # It is loaded by what runs during builds; the headers are those of the target.
      build = pkgs.buildPackages or pkgs;
      library = build.libclang.lib;
      major = builtins.head (builtins.split "\\." build.libclang.version);
    in
    if build ? libclang then
      {
        LIBCLANG_PATH = "${library}/lib";
        BINDGEN_EXTRA_CLANG_ARGS = "-isystem ${library}/lib/clang/${major}/include -idirafter ${pkgs.stdenv.cc.libc.dev}/include";
      }
    else
      { };
}
