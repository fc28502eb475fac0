# Who works on macOS has the program `dyrust` and shells with cargo; programs are not made there, and the functions that make them say so.
# Only evaluated, of a set that says it is one of macOS.
pkgs:
let
  mac = pkgs // {
    stdenv = pkgs.stdenv // {
      hostPlatform = {
        system = "aarch64-darwin";
        config = "aarch64-apple-darwin";
        libc = "libSystem";
        isLinux = false;
        isDarwin = true;
      };
    };
    rustPlatform = pkgs.rustPlatform or { } // {
      buildRustPackage =
        attributes:
        pkgs.stdenv.mkDerivation {
          inherit (attributes) pname version meta;
          src = attributes.cargoLock.lockFile;
        };
    };
  };
  sets = {
    ${pkgs.system} = pkgs;
    aarch64-darwin = mac;
  };
  mkFlake =
    legacyPackages:
    import ../nix/mkFlake.nix { inherit legacyPackages; } {
      src = ../templates/default;
      systems = [ pkgs.system ];
    };
  flake = mkFlake sets;
  own = (import ../flake.nix).outputs {
    nixpkgs.legacyPackages = sets // {
      x86_64-linux = pkgs;
      aarch64-linux = pkgs;
    };
  };
  evaluates = package: (builtins.tryEval package.drvPath).success;

  wrong = builtins.filter (name: !facts.${name}) (builtins.attrNames facts);
  facts = {
    "a workspace's shell" = evaluates flake.devShells.aarch64-darwin.default;
    "no programs of a workspace" = !(flake.packages ? aarch64-darwin);
    "the shell on Linux is the graph's" =
      flake.devShells.${pkgs.system}.default.drvPath == (mkFlake {
        ${pkgs.system} = pkgs;
      }).devShells.${pkgs.system}.default.drvPath;
    "nothing for macOS where the set has nothing" =
      !((mkFlake { ${pkgs.system} = pkgs; }).devShells ? aarch64-darwin);
    "dyrust's own program" =
      evaluates own.packages.aarch64-darwin.default
      && own.packages.aarch64-darwin.dyrust.meta.mainProgram == "dyrust";
    "dyrust's own shell" = evaluates own.devShells.aarch64-darwin.default;
    "programs are refused" =
      !(evaluates ((import ../nix/mkLib.nix mac).buildGraph { src = ../templates/default; }).default);
  };
in
if wrong == [ ] then
  pkgs.runCommand "check-darwin" { } "touch $out"
else
  throw "dyrust: checks/darwin.nix: not so: ${builtins.concatStringsSep "; " wrong}"
