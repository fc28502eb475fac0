# rustProgram PNAME { … }: part of the machine's own Rust toolchain as a package that runs from the store, cut as nixpkgs cuts it.
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
pname:
{
  # Shell commands that copy the parts from $toolchain to $out.
  install,
  # Packages whose libraries its programs need, beside those of C.
  libraries ? [ ],
  # Shell commands at the end.
  fixup ? "",
}:
stage "${pname}-${pins.rust.version}"
  {
    toolchain = seeds.rust;
    # The linker of binaries that rustc writes is called by cc; LLVM wants zlib.
    libraries = map (library: "${library}/lib") (
      libraries
      ++ [
        glibc
        libgcc
        debian.libraries.zlib1g
      ]
    );
    inherit (platform) loader;
  }
  ''
    export PATH=${patchelf}/bin:$PATH
    mkdir $out
    ${install}
    chmod -R u+w $out
    runpath=$out/lib:$(echo $libraries | tr ' ' ':')
    find $out -type f \( -perm -u+x -o -name '*.so*' \) ! -path "$out/lib/rustlib/*/lib/*" | while read -r file; do
      [ "$(head -c 4 $file | tail -c 3)" = ELF ] || continue
      patchelf --set-rpath $runpath $file
      if patchelf --print-interpreter $file > /dev/null 2>&1; then
        patchelf --set-interpreter ${glibc}/lib/$loader $file
      fi
    done
    ${fixup}
  ''
// {
  inherit pname;
  inherit (pins.rust) version;
  meta.mainProgram = pname;
}
