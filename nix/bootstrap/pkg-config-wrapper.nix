# pkg-config, which looks where the environment's variables for this platform say.
{
  stage,
  wrap,
  platform,
  targetPrefix,
  pkg-config-unwrapped,
}:
stage "${targetPrefix}pkg-config-wrapper-${pkg-config-unwrapped.version}"
  {
    program = wrap {
      salt = builtins.replaceStrings [ "-" "." ] [ "_" "_" ] platform.config;
    } ./pkg-config-wrapper.sh "${pkg-config-unwrapped}/bin/pkg-config";
    passAsFile = [ "program" ];
    inherit targetPrefix;
  }
  ''
    mkdir -p $out/bin
    cp $programPath $out/bin/''${targetPrefix}pkg-config
    chmod +x $out/bin/''${targetPrefix}pkg-config
  ''
// {
  pname = "${targetPrefix}pkg-config-wrapper";
  inherit (pkg-config-unwrapped) version;
  inherit targetPrefix;
}
