# Fixed outputs that nixw has put into the store: valid without ever being built, in pure evaluation too.
{ pins }:
let
  seed =
    mode: name: sha256:
    derivation {
      inherit name;
      system = "builtin";
      builder = "builtin:fetchurl";
      # Only asked for when the seed was collected as garbage; the address is the message.
      url = "https://seed-is-missing.invalid/run-nixw-again-with-DYRUST_BOOTSTRAP=1/${name}";
      outputHashMode = mode;
      outputHashAlgo = "sha256";
      outputHash = sha256;
      executable = false;
      unpack = false;
      preferLocalBuild = true;
    };
in
{
  # A Debian package by its name, as the archive file that apt downloaded.
  debian = builtins.mapAttrs (_: package: seed "flat" package.file package.sha256) pins.packages;
  # A static busybox with a link for each of its applets, the first program that builds anything.
  busybox = seed "recursive" pins.busybox.name pins.busybox.sha256 // {
    pname = "busybox";
    inherit (pins.busybox) version;
  };
  # The machine's own Rust toolchain as it was found.
  rust = seed "recursive" pins.rust.name pins.rust.sha256;
}
