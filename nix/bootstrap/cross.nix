# pkgsCross.aarch64-multiplatform: what is needed to make programs for aarch64 on x86_64, under nixpkgs' names: the compilers run here, the
# C library and zlib are the target's, `buildPackages` is this set with a rustc that has both platforms' std. The parts are Debian's; with
# them comes its rustc, which ships no shared libstd.
{
  pins,
  set,
  # Names of what is for the platform that the set runs on.
  libraries,
  stage,
  seeds,
  platform,
  wrap,
  patchelf,
  glibc,
  libgcc,
  libstdcxx,
  stdenv,
}:
let
  all = pins // {
    packages = pins.packages // pins.cross;
  };
  target = import ./platform.nix {
    pins = all // {
      system = "aarch64-linux";
    };
  };
  targetPrefix = "${target.config}-";
  # Of Debian's programs.
  prefix = "${target.multiarch}-";

  allSeeds = import ./seeds.nix { pins = all; };
  unpackDebianFor =
    libc:
    import ./unpack-debian.nix (
      {
        inherit stage patchelf;
        seeds = seeds // {
          inherit (allSeeds) debian;
        };
      }
      // libc
    );
  unpackDebian = unpackDebianFor { inherit glibc platform; };
  debian = import ./debian.nix {
    pins = all;
    inherit
      stage
      unpackDebian
      libgcc
      libstdcxx
      ;
  };
  versionOf = name: all.packages.${name}.version;
  # Programs that run here.
  program =
    name: debs: rest:
    unpackDebian (
      {
        name = "${name}-${versionOf (builtins.head debs)}";
        inherit debs;
        # Without those of the target.
        libraries = debian.librariesOf (builtins.filter (deb: builtins.match ".*-cross" deb == null) debs);
      }
      // rest
    )
    // {
      pname = name;
      version = versionOf (builtins.head debs);
    };

  cross = rec {
    glibc = import ./glibc.nix {
      inherit stage;
      seeds = allSeeds;
      platform = target;
      pins = all;
      shared = "libc6-arm64-cross";
      development = [
        "libc6-dev-arm64-cross"
        "linux-libc-dev-arm64-cross"
      ];
    };
    # A library of the C compiler, alone.
    runtime =
      deb:
      stage "${deb}-${versionOf deb}"
        {
          deb = allSeeds.debian.${deb};
          inherit (target) multiarch;
        }
        ''
          dpkg-deb -x "$deb" root
          mkdir -p $out/lib
          cp -P root/usr/$multiarch/lib/*.so* $out/lib/
          for file in $out/lib/*.so*; do
            [ -L $file ] || ${patchelf}/bin/patchelf --set-rpath ${glibc}/lib:$out/lib $file
          done
        '';
    libgcc = runtime "libgcc-s1-arm64-cross";
    libstdcxx = runtime "libstdc++6-arm64-cross";

    gcc-unwrapped =
      let
        debs = debian.matching "(gcc|g[+][+]|cpp)-[0-9]+-aarch64-linux-gnu|lib(gcc|stdc[+][+])-[0-9]+-dev-arm64-cross";
        compiler = builtins.head (debian.matching "gcc-[0-9]+-aarch64-linux-gnu");
      in
      program "aarch64-gcc-unwrapped" ([ compiler ] ++ builtins.filter (deb: deb != compiler) debs) {
        flatten = false;
        fixup = ''
          find $out -name \*lto-dump\* -exec rm -f {} +
          folder=$(dirname $(find $out/lib -name libgcc.a))
          ln -sf ${libgcc}/lib/libgcc_s.so.1 $folder/libgcc_s.so.1
          ln -sf ${libstdcxx}/lib/libstdc++.so.6 $folder/libstdc++.so
          for tool in gcc g++ cpp gcc-ar gcc-nm gcc-ranlib gcov; do
            ln -s $(basename $(ls -d $out/bin/${prefix}$tool-[0-9]* | head -n 1)) $out/bin/${prefix}$tool
          done
        '';
      }
      // {
        inherit prefix;
      };
    binutils = program "aarch64-binutils" [ "binutils-aarch64-linux-gnu" ] { } // {
      inherit prefix;
    };
    bintools = import ./bintools-wrapper.nix {
      platform = target;
      inherit
        stage
        wrap
        seeds
        targetPrefix
        glibc
        libgcc
        binutils
        ;
    };
    cc = import ./cc-wrapper.nix {
      platform = target;
      inherit
        stage
        wrap
        targetPrefix
        glibc
        libgcc
        libstdcxx
        gcc-unwrapped
        bintools
        ;
    };
  };

  qemu = program "qemu-user" [ "qemu-user-static" ] {
    fixup = ''
      find $out/bin -type f ! -name 'qemu-aarch64-static' -exec rm {} +
      ln -s qemu-aarch64-static $out/bin/qemu-aarch64
    '';
  };

  rustVersion = name: builtins.head (builtins.split "[+]" (versionOf name));
  rustc =
    program "rustc-web" ([ "rustc-web" ] ++ debian.matching "libstd-rust-web-(dev|[0-9.]+)") {
      # The same files of documentation are in both platforms' std, and busybox overwrites none.
      fixup = ''
        rm -rf $out/libexec
        dpkg-deb -x ${allSeeds.debian."libstd-rust-web-dev:arm64"} $NIX_BUILD_TOP/target
        cp -R $NIX_BUILD_TOP/target/usr/lib/rustlib/${target.config} $out/lib/rustlib/
      '';
    }
    // {
      version = rustVersion "rustc-web";
    };

  # The compiler that runs on the target, with all that it loads.
  rustcOfTarget =
    let
      wanted = builtins.match "(rustc-web|libstd-rust-web-.*|lib.*|zlib1g):arm64";
      apart = builtins.match "libc6:arm64|.*-dev:arm64";
      isPart = name: wanted name != null && (apart name == null || name == "libstd-rust-web-dev:arm64");
    in
    unpackDebianFor
      {
        inherit (cross) glibc;
        platform = target;
      }
      {
        name = "rustc-web-aarch64-${versionOf "rustc-web:arm64"}";
        debs = builtins.filter isPart (builtins.attrNames all.packages);
      }
    // {
      pname = "rustc";
      version = rustVersion "rustc-web:arm64";
    };

  # A library for the target: as the set's own, from Debian's package for that platform.
  zlib =
    let
      version = versionOf "zlib1g:arm64";
      debs = map (name: allSeeds.debian.${name}) [
        "zlib1g:arm64"
        "zlib1g-dev:arm64"
      ];
      unpack = ''
        for deb in $debs; do dpkg-deb -x "$deb" root; done
        mkdir -p $out/lib
      '';
      out = stage "zlib-aarch64-${version}" { inherit debs; } ''
        ${unpack}
        find root -name 'libz.so.1*' -exec cp -P {} $out/lib/ ';'
        ln -s libz.so.1 $out/lib/libz.so
        ${patchelf}/bin/patchelf --set-rpath ${cross.glibc}/lib $(readlink -f $out/lib/libz.so)
      '';
      dev =
        stage "zlib-aarch64-${version}-dev"
          {
            inherit debs;
            shared = out;
          }
          ''
            ${unpack}
            mkdir -p $out/nix-support
            cp -R root/usr/include $out/include
            cp -R $(dirname $(find root -name zlib.pc)) $out/lib/pkgconfig
            sed -i "s|^prefix *=.*|prefix=$out|; s|^libdir *=.*|libdir=$shared/lib|; s|^sharedlibdir *=.*|sharedlibdir=$shared/lib|; s|^includedir *=.*|includedir=$out/include|" \
              $out/lib/pkgconfig/zlib.pc
            echo $shared > $out/nix-support/propagated-build-inputs
          '';
    in
    out // { inherit version dev; };
in
builtins.removeAttrs set libraries
// {
  buildPackages = set // {
    inherit rustc qemu;
    cargo = program "cargo-web" [ "cargo-web" ] { } // {
      version = rustVersion "cargo-web";
    };
    pkg-config = import ./pkg-config-wrapper.nix {
      platform = target;
      inherit stage wrap targetPrefix;
      inherit (set) pkg-config-unwrapped;
    };
    stdenv = stdenv // {
      targetPlatform = import ./describe-platform.nix target;
    };
    buildPackages = set;
  };
  inherit zlib;
  rustc = rustcOfTarget;
  stdenv = stdenv // {
    inherit (cross) cc;
    hostPlatform = import ./describe-platform.nix target // {
      emulator = buildPackages: "${buildPackages.qemu}/bin/qemu-aarch64";
    };
    targetPlatform = import ./describe-platform.nix target;
  };
}
