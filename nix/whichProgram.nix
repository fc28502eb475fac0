# whichProgram pkgs names: the app that `nix run` starts where a workspace has not one program: it says which there are. Without an app Nix starts
# what the default package is called, and says that there is no such file.
pkgs: names:
let
  commands = map (name: "nix run .#${name}") names;
  text =
    if names == [ ] then
      "dyrust: this workspace has no programs that `nix run` could start"
    else
      "dyrust: this workspace has several programs: say which one, ${builtins.concatStringsSep " or " commands}; or say it in flake.nix, by `default = \"${builtins.head names}\";` of mkFlake";
  program = pkgs.writeShellScriptBin "which-program" ''
    printf '%s\n' ${import ./shellWord.nix text} >&2
    exit 2
  '';
in
{
  type = "app";
  program = "${program}/bin/which-program";
  meta.description = "Says which programs there are";
}
