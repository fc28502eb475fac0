# programPackage { pkgs } { … }: a program as packagers know packages: the node's derivation, with
#   override         the same program with other arguments of buildGraph: an attribute set, or a function of the ones it was called with
#   overrideAttrs    a package of `stdenv.mkDerivation` around it, for all that is not compiling: postInstall, nativeBuildInputs, wrapping, meta, …
#   unwrapped        the node
# Nothing is compiled again for overrideAttrs: the package's bin has a link to the node's program.
{ pkgs }:
{
  name,
  package,
  node,
  meta,
  tests,
  # A derivation or path with the package's source, which the phases find themselves in.
  source,
  # Where the package's build script put its files, or null: manual pages and completions are often made there.
  scriptOutput,
  # Arguments of buildGraph as an attribute set or function → this program.
  override,
}:
let
  passthru = {
    inherit tests;
    unwrapped = node;
  };
  base = {
    pname = name;
    inherit (package) version;
    src = source;
    dontConfigure = true;
    dontBuild = true;
    installPhase = ''
      runHook preInstall
      mkdir -p $out/bin
      ln -s ${node.out}/bin/${name} $out/bin/${name}
      runHook postInstall
    '';
    inherit meta passthru;
  }
  // (if scriptOutput == null then { } else { OUT_DIR = "${scriptOutput}/out"; });

  # What was changed is changed again in what `override` gives, as with nixpkgs' packages.
  withOverrides =
    changes: made:
    made
    // {
      overrideAttrs = change: changed (changes ++ [ change ]);
      override =
        arguments: builtins.foldl' (made: change: made.overrideAttrs change) (override arguments) changes;
    };
  changed =
    changes:
    withOverrides changes (
      builtins.foldl' (made: change: made.overrideAttrs change) (pkgs.stdenv.mkDerivation base) changes
    );
in
withOverrides [ ] (
  import ./specifiedOutputs.nix node
  // passthru
  // {
    pname = name;
    inherit (package) version;
    inherit passthru;
    meta = meta // {
      # For nix-env before 2.9, which does not know `outputSpecified`.
      outputsToInstall = [ "out" ];
    };
    # The program is `out`: what nixpkgs looks for in `dev` or `lib` of its packages is none of what these have. Its stdenv would put `dev` on
    # PATH of whoever lists the program among `nativeBuildInputs`, and nix-env install all three (lib.getOutput, PackageInfo::queryOutputs).
    outputSpecified = true;
  }
)
