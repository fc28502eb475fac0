# The compiler as `stdenv.cc`: gcc with the C library of this set, and linkers that write RUNPATHs into the store, as
# nixpkgs' cc-wrapper and bintools-wrapper do.
{
  stage,
  seeds,
  platform,
  glibc,
  libgcc,
  libstdcxx,
  gcc-unwrapped,
  binutils,
}:
let
  wrapper =
    stage "gcc-wrapper-${gcc-unwrapped.version}"
      {
        wrap = builtins.readFile ./cc-wrapper.sh;
        passAsFile = [ "wrap" ];
        inherit (platform) loader multiarch;
        gcc = gcc-unwrapped;
        libcDev = glibc.dev;
        inherit
          glibc
          libgcc
          libstdcxx
          binutils
          ;
        inherit (seeds) busybox;
      }
      ''
        mkdir -p $out/bin $out/nix-support
        libraries=$(dirname $(find $gcc/lib/gcc -name libgcc.a))
        make_wrapper() {
          sed -e "s|@shell@|$busybox/bin/sh|; s|@kind@|$2|; s|@program@|$3|; s|@readlink@|$busybox/bin/readlink|" \
            -e "s|@glibc@|$glibc|; s|@libcDev@|$libcDev|; s|@libgcc@|$libgcc|; s|@libstdcxx@|$libstdcxx|" \
            -e "s|@loader@|$loader|; s|@binutils@|$binutils|; s|@libraries@|$libraries|" "$wrapPath" > "$out/bin/$1"
          chmod +x "$out/bin/$1"
        }
        make_wrapper cc cc $gcc/bin/gcc
        make_wrapper c++ c++ $gcc/bin/g++
        make_wrapper ld ld $binutils/bin/ld
        make_wrapper ld.bfd ld $binutils/bin/ld.bfd
        ln -s cc $out/bin/gcc
        ln -s c++ $out/bin/g++
        # The preprocessor links nothing: gcc -E through the wrapper.
        { echo "#!$busybox/bin/sh"; echo "exec $out/bin/cc -E \"\$@\""; } > $out/bin/cpp
        chmod +x $out/bin/cpp
        for tool in gcc-ar gcc-nm gcc-ranlib gcov; do ln -s $gcc/bin/$tool $out/bin/$tool; done
        for tool in ar as nm ranlib strip objcopy objdump readelf size strings addr2line c++filt; do
          ln -s $binutils/bin/$tool $out/bin/$tool
        done
        for tool in cc c++ gcc g++ cpp ld ar as nm ranlib strip objcopy objdump readelf; do
          ln -s $tool $out/bin/$multiarch-$tool
        done
        echo "$glibc/lib/$loader" > $out/nix-support/dynamic-linker
        echo "$glibc" > $out/nix-support/orig-libc
        echo "$libcDev" > $out/nix-support/orig-libc-dev
        echo "$gcc" > $out/nix-support/orig-cc
        # What another compiler, such as bindgen's libclang, has to be told to see the same headers.
        echo "-idirafter $libcDev/include" > $out/nix-support/libc-cflags
        echo "-B$libcDev/lib -L$glibc/lib" > $out/nix-support/libc-ldflags
        headers=$(dirname $(find $gcc/include/c++ -name cstdlib -path '*/c++/[0-9]*/cstdlib' | head -n 1))
        echo "-isystem $headers -isystem $gcc/include/$multiarch/c++/$(basename $headers)" > $out/nix-support/libcxx-cxxflags
        : > $out/nix-support/cc-cflags
      '';
in
wrapper
// {
  pname = "gcc-wrapper";
  inherit (gcc-unwrapped) version;
  cc = gcc-unwrapped;
  libc = glibc;
  isGNU = true;
  isClang = false;
  targetPrefix = "";
  bintools = wrapper // {
    bintools = binutils;
    libc = glibc;
    dynamicLinker = "${glibc}/lib/${platform.loader}";
  };
}
