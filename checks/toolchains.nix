# toolchains lib: the sample, and a program with a proc macro, built with toolchains and linkers that are laid out in other ways than the
# package set's own.
lib:
let
  inherit (lib) pkgs;
  # The parts in one folder; rustc's own programs and libraries are copies there, since it looks for its parts beside itself.
  joined = pkgs.symlinkJoin {
    # As long as rustc's own: the place is replaced in programs.
    name = builtins.substring 0 (builtins.stringLength pkgs.rustc.name) "rust-joined-in-one-folder";
    paths = [
      pkgs.rustc
      pkgs.cargo
      pkgs.clippy
    ];
    postBuild = ''
      for file in $out/bin/.rustc-unwrapped $out/bin/rustc $out/bin/rustdoc $out/lib/librustc_driver-*.so; do
        [ ! -L $file ] || cp --remove-destination $(readlink -f $file) $file
      done
      # rustup's has an lld inside.
      own=$(ls -d $out/lib/rustlib/*-linux-gnu)/bin/gcc-ld
      mkdir -p $own
      ln -s ${pkgs.lld}/bin/ld.lld $own/ld.lld
      # Wrappers name the place that they were made for.
      [ "$(printf %s $out | wc -c)" = "$(printf %s ${pkgs.rustc} | wc -c)" ]
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
    # rust-overlay's and fenix's: one folder, which says its version (rust-overlay) or does not (fenix), and has a linker.
    joined = {
      lld = joined;
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
    global-allocator.folder = ./fixtures/global-allocator;
    build-script-links-a-library.folder = ./fixtures/build-script-links-a-library;
  };
  # What each toolchain builds beside these two.
  usual = [
    "sample"
    "proc-macro"
  ];
  special = {
    gnu-ld = [ "build-script-links-a-library" ];
    without-shared-libstd = [ "global-allocator" ];
  };
  check =
    toolchain: fixture:
    (import ./fixtures/fixture.nix (lib toolchains.${toolchain}) (
      { name = "${fixture}-${toolchain}"; } // fixtures.${fixture}
    )).check;

  # What is refused while it is evaluated: no derivation can be had of it.
  isTaken = made: (builtins.tryEval "${made.libstd-rust}").success;
  old = pkgs.rustc.unwrapped // {
    version = "1.87.0";
    unwrapped = old;
  };
  # Sets for another platform, as pkgsMusl and pkgsCross are.
  setFor =
    platform:
    import ../nix/mkLib.nix (
      pkgs
      // {
        stdenv = pkgs.stdenv // {
          hostPlatform = pkgs.stdenv.hostPlatform // platform;
        };
      }
    );
  refusals = {
    old-rustc = lib { rustc = old; };
    musl = setFor {
      config = "x86_64-unknown-linux-musl";
      libc = "musl";
    };
    wasm = setFor {
      system = "wasm32-wasi";
      config = "wasm32-unknown-wasi";
      libc = "wasilibc";
    };
    windows = setFor {
      system = "x86_64-windows";
      config = "x86_64-w64-mingw32";
      libc = "msvcrt";
    };
    darwin = setFor {
      system = "aarch64-darwin";
      config = "aarch64-apple-darwin";
      libc = "libSystem";
    };
  };
  taken = builtins.filter (name: isTaken refusals.${name}) (builtins.attrNames refusals);
in
builtins.listToAttrs (
  builtins.concatMap (
    toolchain:
    map (fixture: {
      name = "toolchain-${toolchain}-${fixture}";
      value = check toolchain fixture;
    }) (usual ++ special.${toolchain} or [ ])
  ) (builtins.attrNames toolchains)
)
// {
  # A libstd-rust of archives alone exports all that the one with a shared libstd does.
  toolchain-exports = pkgs.runCommand "check-toolchain-exports" { } ''
    exports() { ${pkgs.stdenv.cc.bintools}/bin/nm -D --defined-only $1/lib/libstd-*.so | cut -d ' ' -f 3 | sort -u; }
    exports ${lib.libstd-rust} > shipped
    exports ${(lib toolchains.without-shared-libstd).libstd-rust} > made
    missing=$(comm -23 shipped made)
    [ -s shipped ] && [ -z "$missing" ] || {
      echo "libstd-rust, made of archives, lacks: $missing" >&2
      exit 1
    }
    touch $out
  '';
  toolchain-refusals =
    if taken == [ ] && isTaken lib then
      pkgs.runCommand "check-toolchain-refusals" { } "touch $out"
    else
      throw "dyrust: not refused: ${toString taken}";
}
