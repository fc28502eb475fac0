# The fleet of the template stays within checks/budget.toml: bytes, packages, objects at start, relocations.
lib:
let
  report = (lib.buildGraph { src = ../.; }).packages.dyrust-report;
  fleet = (lib.buildFleet { src = ../templates/fleet; }).environment;
in
lib.pkgs.runCommand "check-budget" { nativeBuildInputs = [ report ]; } ''
  dyrust-report --scan --budget ${./budget.toml} ${fleet}
  touch $out
''
