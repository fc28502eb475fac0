# toolShell pkgs replacements: a shell to work with cargo where dyrust makes no programs: the toolchain, without the native libraries of a
# graph, which was resolved for other platforms.
pkgs: replacements:
import ./devShell.nix
  {
    inherit pkgs;
    needs = import ./requirements.nix pkgs replacements;
  }
  {
    graph = {
      units = { };
      environment = { };
    };
    overridesFor = _unit: { };
  }
