# toolchains lib: the sample, and a program with a proc macro, built with toolchains and linkers that are laid out in other ways than the
# package set's own.
lib:
let
  inherit (lib) pkgs;
  # The parts in one folder; rustc's own programs and libraries are copies there, since it looks for its parts beside itself.
  joined = pkgs.symlinkJoin {
    name = "rust-joined";
    paths = [
      pkgs.rustc
      pkgs.cargo
      pkgs.clippy
    ];
    postBuild = ''
      for file in $out/bin/.rustc-unwrapped $out/bin/rustc $out/bin/rustdoc $out/lib/librustc_driver-*.so; do
        [ ! -L $file ] || cp --remove-destination $(readlink -f $file) $file
      done
      # Wrappers name the place that they were made for.
      sed -i "1!s|${pkgs.rustc}|$out|" $out/bin/rustc $out/bin/rustdoc
    '';
  };
  # As Debian's since 1.83: the standard library as static archives alone.
  withoutShared = pkgs.runCommand "rust-without-shared-libstd" { } ''
    mkdir -p $out/bin $out/lib/rustlib
    for target in ${pkgs.rustc}/lib/rustlib/*/; do
      mkdir -p $out/lib/rustlib/$(basename $target)/lib
      for file in $target/lib/*; do
        case $file in *.so) ;; *) ln -s $file $out/lib/rustlib/$(basename $target)/lib/ ;; esac
      done
    done
    for program in rustc rustdoc; do
      {
        echo "#!${pkgs.bash}/bin/bash"
        echo "case \" \$* \" in *' --sysroot '*) ;; *) set -- --sysroot $out \"\$@\" ;; esac"
        echo "exec ${pkgs.rustc}/bin/$program \"\$@\""
      } > $out/bin/$program
      chmod +x $out/bin/$program
    done
  '';
  toolchains = {
    # What a package set has whose linker is GNU's.
    gnu-ld.lld = null;
    # rust-overlay's and fenix's: one folder, which says its version (rust-overlay) or does not (fenix).
    joined = {
      rustc = joined // {
        inherit (pkgs.rustc) version;
      };
      cargo = joined;
      clippy = joined;
    };
    joined-without-version = {
      rustc = joined;
      cargo = joined;
      clippy = joined;
    };
    without-shared-libstd.rustc = withoutShared;
  };
  fixtures = {
    sample = {
      folder = ../templates/default;
      expectations = ./fixtures/sample;
    };
    proc-macro.folder = ./fixtures/proc-macro;
  };
  check =
    toolchain: fixture:
    (import ./fixtures/fixture.nix (lib toolchains.${toolchain}) (
      { name = "${fixture}-${toolchain}"; } // fixtures.${fixture}
    )).check;

  # What is refused while it is evaluated: no derivation can be had of it.
  refused = builtins.filter (
    name: (builtins.tryEval "${(lib refusals.${name}).libstd-rust}").success
  ) (builtins.attrNames refusals);
  refusals.old-rustc.rustc = pkgs.rustc.unwrapped // {
    version = "1.87.0";
    unwrapped = refusals.old-rustc.rustc;
  };
in
builtins.listToAttrs (
  builtins.concatMap (
    toolchain:
    map (fixture: {
      name = "toolchain-${toolchain}-${fixture}";
      value = check toolchain fixture;
    }) (builtins.attrNames fixtures)
  ) (builtins.attrNames toolchains)
)
// {
  toolchain-refusals =
    if refused == [ ] then
      pkgs.runCommand "check-toolchain-refusals" { } "touch $out"
    else
      throw "dyrust: not refused: ${toString refused}";
}
