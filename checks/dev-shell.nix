# In the shell of a project with a native library cargo builds, lints and formats it, as the checks do: all that they have is there.
lib:
let
  folder = ./fixtures/dev-shell;
  shell = (lib.buildGraph { src = folder; }).devShell;
in
lib.pkgs.runCommand "check-dev-shell" shell.attributes ''
  cp -R ${folder} project
  chmod -R u+w project
  cd project
  export CARGO_HOME=$PWD/cargo
  cargo build --offline
  [ "$(target/debug/dev-shell)" = "$(cat expected)" ]
  cargo clippy --offline -- -Dwarnings
  cargo fmt --check
  touch $out
''
