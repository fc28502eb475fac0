# The compiler as `stdenv.cc`, wrapped as nixpkgs' cc-wrapper does it: gcc with the C library of this set, its flags and its hardening
# from the environment, its linker the wrapped one.
{
  stage,
  wrap,
  platform,
  targetPrefix,
  glibc,
  libgcc,
  libstdcxx,
  gcc-unwrapped,
  bintools,
}:
let
  suffixSalt = builtins.replaceStrings [ "-" "." ] [ "_" "_" ] platform.config;
  compiler =
    cxx: name:
    wrap {
      salt = suffixSalt;
      inherit
        cxx
        libgcc
        libstdcxx
        ;
      libc = glibc;
      libcDev = glibc.dev;
      tools = "${bintools}/tools";
      loader = "${glibc}/lib/${platform.loader}";
    } ./cc-wrapper.sh "${gcc-unwrapped}/bin/${name}";
in
stage "${targetPrefix}gcc-wrapper-${gcc-unwrapped.version}"
  {
    cc = compiler "" "${gcc-unwrapped.prefix}gcc";
    cxx = compiler "1" "${gcc-unwrapped.prefix}g++";
    passAsFile = [
      "cc"
      "cxx"
    ];
    inherit targetPrefix bintools;
    inherit (gcc-unwrapped) prefix;
    inherit (platform) multiarch;
    gcc = gcc-unwrapped;
    libc = glibc;
    libcDev = glibc.dev;
  }
  ''
    mkdir -p $out/bin $out/nix-support
    cp $ccPath $out/bin/''${targetPrefix}cc
    cp $cxxPath $out/bin/''${targetPrefix}c++
    # The preprocessor links nothing.
    sed 's|^exec [^ ]*|& -E|' $ccPath > $out/bin/''${targetPrefix}cpp
    chmod +x $out/bin/*
    ln -s ''${targetPrefix}cc $out/bin/''${targetPrefix}gcc
    ln -s ''${targetPrefix}c++ $out/bin/''${targetPrefix}g++
    for tool in gcc-ar gcc-nm gcc-ranlib gcov; do ln -s $gcc/bin/$prefix$tool $out/bin/$targetPrefix$tool; done
    # As in nixpkgs the tools of the compiler's package are its own and those of the linker's.
    for tool in $bintools/bin/*; do ln -s $tool $out/bin/$(basename $tool); done
    cp $bintools/nix-support/* $out/nix-support/
    echo "$gcc" > $out/nix-support/orig-cc
    # What another compiler, such as bindgen's libclang, has to be told to see the same headers.
    echo "-idirafter $libcDev/include" > $out/nix-support/libc-cflags
    echo "-B$libcDev/lib" > $out/nix-support/libc-crt1-cflags
    headers=$(dirname $(find $gcc -name cstdlib -path '*/c++/[0-9]*/cstdlib' | head -n 1))
    ofTarget=$gcc/include/$multiarch/c++/$(basename $headers)
    [ -d $ofTarget ] || ofTarget=$headers/$multiarch
    echo "-isystem $headers -isystem $ofTarget" > $out/nix-support/libcxx-cxxflags
    : > $out/nix-support/cc-cflags
  ''
// {
  pname = "${targetPrefix}gcc-wrapper";
  inherit (gcc-unwrapped) version;
  inherit targetPrefix suffixSalt bintools;
  cc = gcc-unwrapped;
  libc = glibc;
  isGNU = true;
  isClang = false;
  defaultHardeningFlags = [
    "bindnow"
    "format"
    "fortify"
    "fortify3"
    "pic"
    "relro"
    "stackclashprotection"
    "stackprotector"
    "strictoverflow"
    "zerocallusedregs"
  ];
}
