# The C library: `out` is what a program needs to run (the loader and the shared objects), `dev` the headers, start files
# and static archives. Two derivations, so that a program's closure never holds the second.
{
  seeds,
  stage,
  platform,
  pins,
  # The Debian packages.
  shared ? "libc6",
  development ? [
    "libc6-dev"
    "linux-libc-dev"
    "libcrypt-dev"
  ],
}:
let
  inherit (pins.packages.${shared}) version;
  objects = stage "glibc-${version}" { deb = seeds.debian.${shared}; } ''
    dpkg-deb -x "$deb" root
    mkdir -p $out/lib
    find root -path '*/${platform.multiarch}/*' -name '*.so*' ! -path '*/gconv/*' -exec cp -P {} $out/lib/ ';'
    # Debugging aids that no program links to.
    rm -f $out/lib/libpcprofile.so $out/lib/libmemusage.so
    chmod +x $out/lib/${platform.loader}
    # The cache belongs to the distribution; libraries come from the store by RUNPATH alone.
    sed -i 's|/etc/ld\.so\.cache|/nix/ld.so.cache|g' $out/lib/${platform.loader}
  '';
  headers =
    stage "glibc-${version}-dev"
      {
        shared = objects;
        debs = map (name: seeds.debian.${name}) development;
      }
      ''
        for deb in $debs; do dpkg-deb -x "$deb" root; done
        mkdir -p $out/lib
        # Those for another platform have a folder of its own.
        include=root/usr/include lib=root/usr/lib/${platform.multiarch}
        [ ! -d root/usr/${platform.multiarch} ] || include=root/usr/${platform.multiarch}/include lib=root/usr/${platform.multiarch}/lib
        # Links followed: in later suites some lead to folders outside of include.
        cp -RL $include $out/include
        if [ -d $out/include/${platform.multiarch} ]; then
          cp -R $out/include/${platform.multiarch}/. $out/include/
          rm -r $out/include/${platform.multiarch}
        fi
        cp $lib/*.o $lib/*.a $out/lib/
        # Linker scripts and links name /lib and /usr/lib; as in nixpkgs they name the store.
        for file in $lib/*.so $lib/libm.a; do
          name=$(basename "$file")
          if [ -L "$file" ]; then
            target=$shared/lib/$(basename "$(readlink "$file")")
            [ ! -e "$target" ] || ln -s "$target" "$out/lib/$name"
          elif head -c 64 "$file" | grep -q 'GNU ld script'; then
            {
              echo '/* GNU ld script */'
              sed -n "/^OUTPUT_FORMAT/p; /^GROUP/p" "$file" |
                sed "s|/[^ ]*/\([^ /]*[.]so[^ ]*\)|$shared/lib/\1|g; s|/usr/[^ ]*/\([^ /]*[.]a\)|$out/lib/\1|g"
            } > "$out/lib/$name"
          fi
        done
        for file in $shared/lib/*.so.*; do
          [ -e "$out/lib/$(basename "$file")" ] || ln -s "$file" $out/lib/
        done
        # With --sysroot gcc and ld look below usr/include, usr/lib and lib.
        ln -s . $out/usr
        ln -s lib $out/lib64
        # ld also puts the sysroot before the RUNPATHs of the shared objects that it reads.
        ln -s /nix $out/nix
      '';
in
objects
// {
  pname = "glibc";
  inherit version;
  dev = headers;
  static = headers;
}
