# Programs, each from one Debian package and the libraries that it needs: nixpkgs' name = Debian's name.
{
  debian,
  unpackDebian,
  pins,
}:
let
  program =
    pname: deb:
    let
      inherit (pins.packages.${deb}) version;
    in
    unpackDebian {
      name = "${pname}-${version}";
      debs = [ deb ];
      libraries = debian.librariesOf [ deb ];
    }
    // {
      inherit pname version;
    };
in
builtins.mapAttrs program {
  bash = "bash";
  bzip2 = "bzip2";
  coreutils = "coreutils";
  diffutils = "diffutils";
  findutils = "findutils";
  gawk = "gawk";
  gnugrep = "grep";
  gnumake = "make";
  gnupatch = "patch";
  gnused = "sed";
  gnutar = "tar";
  gzip = "gzip";
  strace = "strace";
  xz = "xz-utils";
}
