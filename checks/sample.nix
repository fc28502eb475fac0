# The sample: the template's own folder, held to what checks/sample/ expects of it.
{ lib }:
import ./fixture.nix lib {
  name = "sample";
  folder = ../templates/default;
  expectations = ./sample;
}
