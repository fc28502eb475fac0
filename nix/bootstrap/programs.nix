# Programs, each from Debian packages and the libraries that those need.
{
  debian,
  unpackDebian,
  pins,
  seeds,
}:
let
  # program PNAME { debs; … }: debs are regular expressions of package names, the first of them gives the version.
  program =
    pname:
    {
      debs,
      fixup ? "",
    }:
    let
      found = builtins.concatMap debian.matching debs;
      version = pins.packages.${builtins.head found}.version;
    in
    if found == [ ] then
      throw "${pname}: the Debian package ${builtins.head debs} is not among the pins of the bootstrap package set"
    else
      unpackDebian {
        name = "${pname}-${version}";
        debs = found;
        libraries = debian.librariesOf found;
        inherit fixup;
      }
      // {
        inherit pname version;
      };
  simple = deb: { debs = [ deb ]; };

  # wrap PROGRAM VARIABLES: in its place a script that sets variables and calls it, for programs that look for their parts at
  # the absolute path of the distribution.
  wrap = name: variables: ''
    mkdir -p $out/libexec
    mv "$(readlink -f $out/bin/${name})" $out/libexec/${name}
    rm -f $out/bin/${name}
    {
      echo "#!${seeds.busybox}/bin/sh"
      ${builtins.concatStringsSep "\n" (
        builtins.attrValues (
          builtins.mapAttrs (variable: value: ''echo "export ${variable}=${value}"'') variables
        )
      )}
      echo "exec $out/libexec/${name} \"\$@\""
    } > $out/bin/${name}
    chmod +x $out/bin/${name}
  '';
in
builtins.mapAttrs program {
  # As everywhere, bash is the shell that is started as sh too.
  bash = {
    debs = [ "bash" ];
    fixup = "ln -s bash $out/bin/sh";
  };
  bzip2-programs = simple "bzip2";
  cmake.debs = [
    "cmake"
    "cmake-data"
  ];
  coreutils = simple "coreutils";
  diffutils = simple "diffutils";
  file = {
    debs = [
      "file"
      "libmagic-mgc"
    ];
    fixup = wrap "file" { MAGIC = "$out/lib/file/magic.mgc"; };
  };
  findutils = simple "findutils";
  # As everywhere, gawk is what is started as awk too.
  gawk = {
    debs = [ "gawk" ];
    fixup = "ln -sf gawk $out/bin/awk";
  };
  git = {
    debs = [ "git" ];
    fixup = wrap "git" {
      GIT_EXEC_PATH = "$out/lib/git-core";
      GIT_TEMPLATE_DIR = "$out/share/git-core/templates";
    };
  };
  gnugrep = simple "grep";
  gnumake = simple "make";
  gnupatch = simple "patch";
  gnused = simple "sed";
  gnutar = simple "tar";
  gzip = simple "gzip";
  perl = {
    debs = [
      "perl"
      "perl-base"
      "perl-modules-.*"
      "libperl[0-9.]+(t64)?"
    ];
    fixup = wrap "perl" {
      # Debian's @INC, below this package.
      PERL5LIB = "\\\${PERL5LIB:+\\$PERL5LIB:}$(ls -d $out/share/perl/[0-9]*.*.* $out/lib/perl/[0-9]*.*.* $out/lib/perl-base | tr '\\n' ':')";
    };
  };
  pkg-config-unwrapped.debs = [
    "pkgconf"
    "pkgconf-bin"
  ];
  python3 = {
    debs = [
      "python3-minimal"
      "python3"
      "python3[.][0-9]+(-minimal)?"
      "libpython3[.][0-9]+-(minimal|stdlib)"
    ];
  };
  strace = simple "strace";
  xz-programs = simple "xz-utils";
}
