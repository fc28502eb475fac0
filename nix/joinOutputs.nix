# joinOutputs { pkgs } name units: the files of several units in one folder. Of a unit that only compilers use (a proc macro) those are the
# ones for compiling. Programs are copied, others are linked to: a program that starts one beside it asks the kernel for its own file, and
# that is what a link leads to, a folder with this program alone.
{ pkgs }:
name: units:
pkgs.symlinkJoin {
  inherit name;
  paths = map (unit: if unit ? out then unit.out else unit.dev) units;
  postBuild = ''
    for program in "$out"/bin/*; do
      if [ -L "$program" ]; then
        cp --remove-destination "$(readlink -f "$program")" "$program"
      fi
    done
  '';
}
