# The machine's own Rust toolchain (bin and lib of its sysroot), made to run from the store.
{
  stage,
  seeds,
  pins,
  patchelf,
  glibc,
  libgcc,
  debian,
  platform,
}:
stage "rust-toolchain-${pins.rust.version}"
  {
    toolchain = seeds.rust;
    # The linker of binaries that rustc writes is called by cc; LLVM wants zlib.
    libraries = [
      "${glibc}/lib"
      "${libgcc}/lib"
      "${debian.libraries.zlib1g}/lib"
    ];
    inherit (platform) loader;
  }
  ''
    export PATH=${patchelf}/bin:$PATH
    cp -R $toolchain $out
    chmod -R u+w $out
    runpath=$out/lib:$(echo $libraries | tr ' ' ':')
    find $out -type f \( -perm -u+x -o -name '*.so*' \) ! -path "$out/lib/rustlib/*/lib/*" | while read -r file; do
      [ "$(head -c 4 $file | tail -c 3)" = ELF ] || continue
      patchelf --set-rpath $runpath $file
      if patchelf --print-interpreter $file > /dev/null 2>&1; then
        patchelf --set-interpreter ${glibc}/lib/$loader $file
      fi
    done
    # What programs are linked against: left as it is, but for where libgcc and libc are.
    find $out/lib/rustlib -path '*/lib/*' -name '*.so' | while read -r file; do
      patchelf --set-rpath ${glibc}/lib:${libgcc}/lib $file
    done
  ''
