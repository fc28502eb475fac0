# A small stdenv: the compiler, the usual programs and a generic builder with nixpkgs' phases and hooks.
{
  platform,
  gcc,
  bash,
  bzip2,
  coreutils,
  diffutils,
  findutils,
  gawk,
  gnugrep,
  gnumake,
  gnupatch,
  gnused,
  gnutar,
  gzip,
  xz,
  patchelf,
}:
let
  initialPath = [
    bash
    coreutils
    findutils
    gnugrep
    gnused
    gawk
    gnutar
    gzip
    bzip2
    xz
    gnumake
    diffutils
    gnupatch
    patchelf
  ];
  description = {
    inherit (platform) system config;
    isLinux = true;
    isDarwin = false;
    isx86_64 = platform.cpu == "x86_64";
    isAarch64 = platform.cpu == "aarch64";
    is64bit = true;
    isStatic = false;
    parsed.cpu.name = platform.cpu;
    rust.rustcTarget = platform.config;
    rust.rustcTargetSpec = platform.config;
  };

  # Attributes of mkDerivation that describe the package and are not for its builder.
  notForBuilder = [
    "passthru"
    "meta"
    "pname"
    "strictDeps"
    "nativeCheckInputs"
    "propagatedNativeBuildInputs"
  ];

  mkDerivation =
    attributesOrFunction:
    let
      attributes =
        if builtins.isFunction attributesOrFunction then
          attributesOrFunction (attributes // { finalPackage = package; })
        else
          attributesOrFunction;
      package =
        derivation (
          {
            builder = "${bash}/bin/bash";
            args = [
              "-c"
              ''. "$setupScriptPath"; genericBuild''
            ];
            inherit (platform) system;
            name = attributes.name or "${attributes.pname}-${attributes.version}";
            setupScript = builtins.readFile ./setup.sh;
            passAsFile = [ "setupScript" ] ++ attributes.passAsFile or [ ];
            initialPath = initialPath ++ [ gcc ];
            outputs = attributes.outputs or [ "out" ];
            SHELL = "${bash}/bin/bash";
          }
          // builtins.removeAttrs attributes (notForBuilder ++ [ "passAsFile" ])
        )
        // (if attributes ? pname then { inherit (attributes) pname version; } else { })
        // {
          meta = attributes.meta or { };
          passthru = attributes.passthru or { };
          stdenv = stdenv;
        }
        // attributes.passthru or { };
    in
    package;

  stdenv = {
    inherit mkDerivation initialPath;
    cc = gcc;
    shell = "${bash}/bin/bash";
    inherit (platform) system;
    hostPlatform = description;
    buildPlatform = description;
    targetPlatform = description;
    isLinux = true;
    isDarwin = false;
  };
in
stdenv
