# Debian packages as one package in the store: unpacked together, laid out as nixpkgs does (bin, lib, include, share), every
# ELF file pointed to the loader and libraries in the store, links and pkg-config files made to fit.
{
  stage,
  seeds,
  patchelf,
  glibc,
  platform,
}:
{
  name,
  debs, # names of Debian packages
  libraries ? [ ], # packages with the shared objects that these need
  flatten ? true, # move lib/TRIPLET/* to lib/* and include/TRIPLET/* to include/*
  fixup ? "", # shell commands at the end
}:
stage name
  {
    inherit libraries;
    debs = map (deb: seeds.debian.${deb}) debs;
    script = builtins.readFile ./unpack-debian.sh;
    flatten = if flatten then "1" else "";
    inherit (platform) multiarch loader;
    passAsFile = [ "script" ];
  }
  ''
    export PATH=${patchelf}/bin:$PATH glibc=${glibc} busybox=${seeds.busybox}
    . "$scriptPath"
    ${fixup}
  ''
