# wrap { … } FILE PROGRAM: the text of a wrapper, a bash script of this folder with its @NAMES@ replaced.
{ bash, seeds }:
values: script: program:
let
  all = {
    sh = "${seeds.busybox}/bin/sh";
    shell = "${bash}/bin/bash";
    common = ./wrapper-common.sh;
    inherit program;
  }
  // values;
  names = builtins.attrNames all;
in
builtins.replaceStrings (map (name: "@${name}@") names) (map (name: "${all.${name}}") names) (
  builtins.readFile script
)
