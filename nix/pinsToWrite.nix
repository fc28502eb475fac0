# pinsToWrite { builder, system } pins: what `dyrust pin` builds and reads: which outputs are to be pinned, and what their pins are kept by.
{ builder, system }:
pins:
derivation {
  name = "pins";
  inherit system;
  builder = "${builder}";
  args = [ "pins" ];
  __structuredAttrs = true;
  outputs = [ "out" ];
  pins = {
    schema = 1;
  }
  // pins;
}
