# fetchurl { url, … }: a file by its hash, with nixpkgs' arguments. Nix itself downloads it, with the passwords of its own `netrc-file`.
{
  url,
  name ? baseNameOf url,
  ...
}@arguments:
let
  # A hash is given as SRI (`hash`) or as hexadecimal or base 32 (`sha256`); 2.8 reads them all in outputHash.
  hash = arguments.hash or arguments.sha256 or (throw "fetchurl ${name}: a hash is required");
in
derivation (
  {
    inherit name url;
    system = "builtin";
    builder = "builtin:fetchurl";
    executable = false;
    unpack = false;
    outputHash = hash;
    outputHashMode = "flat";
    preferLocalBuild = true;
  }
  // (if builtins.match "sha256-.*" hash != null then { } else { outputHashAlgo = "sha256"; })
)
