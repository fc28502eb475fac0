# describePlatform platform: what nixpkgs' `stdenv.hostPlatform` says.
platform: {
  inherit (platform) system config;
  isLinux = true;
  isDarwin = false;
  isx86_64 = platform.cpu == "x86_64";
  isAarch64 = platform.cpu == "aarch64";
  is64bit = true;
  isStatic = false;
  isGnu = true;
  isMusl = false;
  libc = "glibc";
  parsed.cpu.name = platform.cpu;
  rust.rustcTarget = platform.config;
  rust.rustcTargetSpec = platform.config;
}
