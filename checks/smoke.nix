# smoke name program: runs checks/corpus/NAME.sh with the program on PATH, in an empty folder, and compares what it prints with
# NAME.expected, which is what cargo's build of the same source printed (bench/corpus makes it). `$busybox/bin/busybox` has what sets up the
# surroundings that a program wants and Nix's sandbox has not.
pkgs: name: program:
pkgs.runCommand "smoke-${name}"
  {
    nativeBuildInputs = [ program ];
    inherit (pkgs) busybox;
  }
  ''
    mkdir folder
    cd folder
    bash -eu ${./corpus + "/${name}.sh"} > ../printed || {
      cat ../printed
      echo "${name}: the smoke test failed" >&2
      exit 1
    }
    diff -u ${./corpus}/${name}.expected ../printed
    cp ../printed $out
  ''
