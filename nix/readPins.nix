# readPins { file, target, rustcVersion, toolchain }: the hashes that `dyrust pin` wrote into a file, for one platform and toolchain.
#   toolchain   what they are kept by in the file
#   digest      text → what a pin says of what it was made from
#   all         id → { build, hash }
{
  # The file; it need not be there.
  file,
  target,
  rustcVersion,
  # What every node's builder is told of the compiler.
  toolchain,
}:
let
  digest =
    text:
    builtins.substring 0 16 (builtins.hashString "sha256" (builtins.unsafeDiscardStringContext text));
  name = "${target}, rustc ${rustcVersion}, ${digest (builtins.toJSON toolchain)}";
in
{
  inherit digest;
  toolchain = name;
  all =
    if file == null || !(builtins.pathExists file) then
      { }
    else
      let
        read = builtins.fromJSON (builtins.readFile file);
      in
      if read.schema or null == 1 then
        read.toolchains.${name} or { }
      else
        throw "dyrust: ${baseNameOf file}: its schema is not 1; take the dyrust that wrote it, or run `dyrust pin`";
}
