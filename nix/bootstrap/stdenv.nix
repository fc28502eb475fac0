# A small stdenv: the compiler, the usual programs and a generic builder with nixpkgs' phases and hooks.
{
  platform,
  stage,
  gcc,
  bash,
  bzip2-programs,
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
  xz-programs,
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
    bzip2-programs
    xz-programs
    gnumake
    diffutils
    gnupatch
    patchelf
  ];
  description = import ./describe-platform.nix platform;

  # As nixpkgs has it, `nix develop` included: a folder with the file `setup`.
  setup =
    stage "stdenv-${platform.system}"
      {
        script = builtins.readFile ./setup.sh;
        passAsFile = [ "script" ];
        initialPath = initialPath ++ [ gcc ];
      }
      ''
        mkdir $out
        {
          echo "SHELL=${bash}/bin/bash"
          echo "initialPath=\"$initialPath\""
          # The roles that the wrappers' set-up hooks give to this platform, and hardening where a package says nothing.
          for wrapper in CC BINTOOLS PKG_CONFIG; do
            echo "export NIX_''${wrapper}_WRAPPER_TARGET_HOST_${gcc.suffixSalt}=1"
          done
          echo "export NIX_HARDENING_ENABLE=\''${NIX_HARDENING_ENABLE=${toString gcc.defaultHardeningFlags}}"
          echo "export NIX_ENFORCE_NO_NATIVE=\''${NIX_ENFORCE_NO_NATIVE-1}"
          cat $scriptPath
        } > $out/setup
      '';
  defaultBuilder = builtins.toFile "default-builder.sh" ''
    . "$stdenv/setup"
    genericBuild
  '';

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
              "-e"
              defaultBuilder
            ];
            stdenv = "${setup}";
            inherit (platform) system;
            name = attributes.name or "${attributes.pname}-${attributes.version}";
            outputs = attributes.outputs or [ "out" ];
          }
          // builtins.removeAttrs attributes notForBuilder
        )
        // (if attributes ? pname then { inherit (attributes) pname version; } else { })
        // {
          meta = attributes.meta or { };
          passthru = attributes.passthru or { };
          stdenv = stdenv;
          # The change is a set, a function of what was there, or of the package that results, too.
          overrideAttrs =
            change:
            mkDerivation (
              finalAttributes:
              let
                old =
                  if builtins.isFunction attributesOrFunction then
                    attributesOrFunction finalAttributes
                  else
                    attributes;
                changed = if builtins.isFunction change then change old else change;
              in
              old // (if builtins.isFunction changed then change finalAttributes old else changed)
            );
        }
        // attributes.passthru or { };
    in
    package;

  stdenv = setup // {
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
