# Which programs are without std: their sources say so in several ways.
pkgs:
let
  is =
    text:
    import ../nix/isWithoutStd.nix {
      inherit text;
      features = [ "small" ];
      target = "x86_64-unknown-linux-gnu";
    };
  without = {
    plain = "#![no_std]\nfn main() {}\n";
    "after comments" =
      "#!/usr/bin/env x\n//! It is.\n/* and\n   so on */\n\n#![no_main] // no start\n  #! [ no_std ]\n";
    "in one line" = "#![no_main] #![no_std]\n";
    "but in tests" = "#![cfg_attr(not(test), no_std)]\n#![cfg_attr(not(test), no_main)]\n";
    "with others, over lines" =
      "#![cfg_attr(\n    all(not(test), feature = \"small\"), // ours\n    no_main,\n    no_std,\n)]\n";
    "by platform" = "#![cfg_attr(any(target_os = \"none\", target_os = \"linux\"), no_std)]\n";
    "std in tests" = "#![no_std]\n#[cfg(test)]\nextern crate std;\n";
    "std in tests, with macros" = "#![no_std]\n#[cfg(test)]\n#[macro_use]\nextern crate std;\n";
    "std by a feature that is off" = "#![no_std]\n#[cfg(feature = \"std\")]\nextern crate std;\n";
    "std in a comment" = "#![no_std]\n// extern crate std;\n";
    "another crate" = "#![no_std]\nextern crate stdlib;\n";
  };
  withStd = {
    "in a text" = "fn main() { print!(\"#![no_std]\"); }\n";
    "in a text of several lines" = "fn main() {\n    print!(\"\n#![no_std]\n\");\n}\n";
    "in a comment" = "// #![no_std]\n/* #![no_std]\n#![no_std] */\nfn main() {}\n";
    "of a module" = "mod inner {\n    #![no_std]\n}\n";
    "by a feature that is off" = "#![cfg_attr(feature = \"large\", no_std)]\n";
    "elsewhere" = "#![cfg_attr(target_os = \"none\", no_std)]\n";
    "std all the same" = "#![no_std]\nextern crate alloc;\nextern crate std;\n";
    "std under another name" = "#![no_std]\n#[macro_use]\nextern crate std as core_std;\n";
    "std by a feature" = "#![no_std]\n#[cfg(feature = \"small\")]\nextern crate std;\n";
    "std after what is for tests" = "#![no_std]\n#[cfg(test)]\nmod tests;\nextern crate std;\n";
  };
  wrong =
    builtins.filter (name: !(is without.${name})) (builtins.attrNames without)
    ++ builtins.filter (name: is withStd.${name}) (builtins.attrNames withStd);
in
if wrong == [ ] then
  pkgs.runCommand "check-without-std" { } "touch $out"
else
  throw "std is not there, or is, against what these say: ${builtins.concatStringsSep ", " wrong}"
