# Libraries: nixpkgs' name = the Debian package with its headers. What has to be there at run time is read from that package's
# own dependencies, since its name holds a version. `outputs` are those of nixpkgs that matter.
{ debian }:
builtins.mapAttrs debian.library {
  alsa-lib.headers = "libasound2-dev";
  bzip2 = {
    headers = "libbz2-dev";
    # Debian has no pkg-config file for it, nixpkgs does.
    fixup = ''
      printf '%s\n' "Name: bzip2" "Description: Lossless, block-sorting data compression" "Version: 1.0.8" \
        "Libs: -L$out/lib -lbz2" "Cflags: -I$out/include" > $out/lib/pkgconfig/bzip2.pc
    '';
  };
  curl = {
    headers = "libcurl4-openssl-dev";
    outputs = [
      "bin"
      "dev"
      "out"
    ];
  };
  dbus = {
    headers = "libdbus-1-dev";
    outputs = [
      "out"
      "dev"
      "lib"
    ];
  };
  expat.headers = "libexpat1-dev";
  fontconfig = {
    headers = "libfontconfig-dev";
    outputs = [
      "bin"
      "dev"
      "lib"
      "out"
    ];
  };
  freetype.headers = "libfreetype-dev";
  libgit2.headers = "libgit2-dev";
  libssh2.headers = "libssh2-1-dev";
  libxkbcommon.headers = "libxkbcommon-dev";
  oniguruma.headers = "libonig-dev";
  openssl = {
    headers = "libssl-dev";
    outputs = [
      "bin"
      "dev"
      "out"
    ];
  };
  sqlite = {
    headers = "libsqlite3-dev";
    outputs = [
      "bin"
      "dev"
      "out"
    ];
  };
  udev.headers = "libudev-dev";
  wayland.headers = "libwayland-dev";
  xz.headers = "liblzma-dev";
  zlib.headers = "zlib1g-dev";
  zstd.headers = "libzstd-dev";
}
