# The linkers and object tools as `stdenv.cc.bintools`: the linkers wrapped, everything with the target's prefix where there is one.
{
  stage,
  wrap,
  seeds,
  platform,
  targetPrefix,
  glibc,
  libgcc,
  binutils,
}:
let
  salt = builtins.replaceStrings [ "-" "." ] [ "_" "_" ] platform.config;
  linker =
    name:
    wrap {
      inherit salt libgcc;
      libc = glibc;
      libcDev = glibc.dev;
      loader = "${glibc}/lib/${platform.loader}";
    } ./ld-wrapper.sh "${binutils}/bin/${name}";
in
stage "${targetPrefix}binutils-wrapper-${binutils.version}"
  {
    ld = linker "${binutils.prefix}ld";
    bfd = linker "${binutils.prefix}ld.bfd";
    passAsFile = [
      "ld"
      "bfd"
    ];
    libc = glibc;
    libcDev = glibc.dev;
    inherit (platform) loader;
    inherit targetPrefix binutils;
    inherit (binutils) prefix;
    inherit (seeds) busybox;
  }
  ''
    mkdir -p $out/bin $out/nix-support
    cp $ldPath $out/bin/''${targetPrefix}ld
    cp $bfdPath $out/bin/''${targetPrefix}ld.bfd
    chmod +x $out/bin/*
    for tool in ar as nm ranlib strip objcopy objdump readelf size strings addr2line c++filt; do
      ln -s $binutils/bin/$prefix$tool $out/bin/$targetPrefix$tool
    done
    # gcc looks for tools without a prefix in the folders of -B.
    if [ -n "$targetPrefix" ]; then
      mkdir $out/tools
      for tool in ld ld.bfd as nm; do ln -s $out/bin/$targetPrefix$tool $out/tools/$tool; done
    else
      ln -s bin $out/tools
    fi
    echo "$libc/lib/$loader" > $out/nix-support/dynamic-linker
    echo "$libc" > $out/nix-support/orig-libc
    echo "$libcDev" > $out/nix-support/orig-libc-dev
    echo "-L$libc/lib" > $out/nix-support/libc-ldflags
  ''
// {
  pname = "${targetPrefix}binutils-wrapper";
  inherit (binutils) version;
  inherit targetPrefix;
  bintools = binutils;
  libc = glibc;
  dynamicLinker = "${glibc}/lib/${platform.loader}";
}
