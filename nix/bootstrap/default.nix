# The table of contents of the bootstrap package set: nixpkgs' attribute names, one file a package or function. As nixpkgs it is imported by
# system, with overlays: `import nixpkgs { inherit system; overlays = [ … ]; }`. Settings are taken, and change nothing: all packages are free,
# and for this machine.
#
# `pins` is what nixw found on this machine: { system; busybox; rust; packages; }, and for another platform `cross`, see make and make-cross.
let
  read = file: builtins.fromJSON (builtins.readFile file);
in
{
  pins ?
    read ./pins.json
    // (if builtins.pathExists ./cross.json then { cross = read ./cross.json; } else { }),
  # nixpkgs' default needs an evaluation that is not pure; here it is the machine's own.
  system ? pins.system,
  overlays ? [ ],
  config ? { },
}@arguments:
let
  # Arguments without a default are taken from the set by their name, as nixpkgs does. Only the names that the function
  # asks for are looked up, so that the set may be made of the results of such functions.
  callPackage =
    file: overrides:
    let
      function = if builtins.isFunction file then file else import file;
      wanted = builtins.functionArgs function;
      required = builtins.filter (name: !wanted.${name}) (builtins.attrNames wanted);
      scope = packages // internal;
      argument = name: {
        inherit name;
        value = scope.${name};
      };
    in
    function (builtins.listToAttrs (map argument required) // overrides);

  # What the packages are made from; not part of nixpkgs' names, hence not in the set itself.
  internal = {
    inherit callPackage;
    pins = pins // {
      inherit system;
    };
    platform = callPackage ./platform.nix { };
    seeds = callPackage ./seeds.nix { };
    stage = callPackage ./stage.nix { };
    unpackDebian = callPackage ./unpack-debian.nix { };
    debian = callPackage ./debian.nix { };
    libgcc = callPackage ./libgcc.nix { };
    libstdcxx = callPackage ./libstdcxx.nix { };
    gcc-unwrapped = callPackage ./gcc.nix { };
    wrap = callPackage ./wrap.nix { };
    # This set's compiler makes programs for the machine that it runs on.
    targetPrefix = "";
  };

  own =
    callPackage ./programs.nix { }
    // callPackage ./libraries.nix { }
    // callPackage ./trivial-builders.nix { }
    // callPackage ./rust-packages.nix { }
    // {
      inherit (internal.platform) system;
      inherit callPackage config overlays;
      path = ./.;
      pkgs = packages;
      # The set with one more overlay.
      extend = overlay: packages.appendOverlays [ overlay ];
      appendOverlays = more: import ./. (arguments // { overlays = overlays ++ more; });
      busybox = internal.seeds.busybox;
      patchelf = callPackage ./patchelf.nix { };
      bashInteractive = packages.bash;
      libclang = callPackage ./libclang.nix { };
      glibc = callPackage ./glibc.nix { };
      binutils = callPackage ./binutils.nix { };
      bintools = callPackage ./bintools-wrapper.nix { };
      gcc = callPackage ./cc-wrapper.nix { };
      pkg-config = callPackage ./pkg-config-wrapper.nix { };
      stdenv = callPackage ./stdenv.nix { };
      fetchurl = import ./fetchurl.nix;
      fetchCrate = callPackage ./fetch-crate.nix { };
      fetchgit = callPackage ./fetchgit.nix { };
      inherit (internal) libgcc;
      # Where another platform's packages were asked for (DYRUST_BOOTSTRAP_CROSS=1).
      pkgsCross.aarch64-multiplatform =
        if pins ? cross then
          callPackage ./cross.nix {
            set = packages;
            libraries = builtins.attrNames (callPackage ./libraries.nix { });
          }
        else
          throw "the bootstrap package set has nothing for aarch64 yet; call nixw with DYRUST_BOOTSTRAP_CROSS=1";
      # Everything that nixw builds and keeps from garbage collection once the set is there.
      bootstrap-roots = callPackage ./roots.nix { };
    };

  # Each overlay sees the whole set, and what it was before it.
  packages = builtins.foldl' (before: overlay: before // overlay packages before) own overlays;
in
packages
