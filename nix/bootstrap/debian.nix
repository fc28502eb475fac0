# What the fields of Debian's packages say: which package brings the libraries that another one needs.
{
  pins,
  unpackDebian,
  libgcc,
  libstdcxx,
}:
let
  # "libfoo1 (= 1.2), libbar2 | libbaz2" -> [ { name; exact; } ]: of alternatives the first that apt chose.
  parse =
    text:
    let
      clauses = builtins.filter (clause: builtins.isString clause && clause != "") (
        builtins.split " *, *" text
      );
      alternatives = clause: builtins.filter builtins.isString (builtins.split " *[|] *" clause);
      read =
        alternative:
        let
          parts = builtins.match "([^ :(]+)[^ (]*( *[(](.*)[)])?.*" alternative;
          constraint = builtins.elemAt parts 2;
        in
        {
          name = builtins.head parts;
          exact = constraint != null && builtins.match "= .*" constraint != null;
        };
      choose =
        clause:
        let
          known = builtins.filter (dependency: pins.packages ? ${dependency.name}) (
            map read (alternatives clause)
          );
        in
        if known == [ ] then [ ] else [ (builtins.head known) ];
    in
    builtins.concatMap choose clauses;

  matches = expression: name: builtins.match expression name != null;
  isLibrary =
    name: matches "lib.*|zlib1g" name && !matches ".*-(dev|bin|common|data|base|perl|doc)" name;
  isHeaders = matches ".*-(multi)?dev";
  # Part of the compiler and the C library, which are packages of their own.
  isToolchain = matches "libc6-dev|libc-dev|linux-libc-dev|libcrypt-dev|lib(gcc|stdc[+][+]|objc)-.*";

  dependencies = builtins.mapAttrs (_: package: parse package.depends) pins.packages;
  names = map (dependency: dependency.name);

  # The C library is everywhere; the others are packages of their own.
  librariesOf =
    debs:
    map (name: libraries.${name}) (
      builtins.filter (name: name != "libc6" && isLibrary name && !builtins.elem name debs) (
        builtins.concatMap (deb: names dependencies.${deb}) debs
      )
    );

  plain =
    name: package:
    unpackDebian {
      name = "${name}-${package.version}";
      debs = [ name ];
      libraries = librariesOf [ name ];
    };

  libraries = builtins.mapAttrs plain pins.packages // {
    libgcc-s1 = libgcc;
    "libstdc++6" = libstdcxx;
  };

  # Headers, static archives, links to the shared objects, and pkg-config files: its own and those that they refer to, so that
  # one folder in PKG_CONFIG_PATH is enough.
  headersOf = builtins.mapAttrs (name: package: headersWith name package "") pins.packages;
  headersWith =
    name: package: fixup:
    let
      # Header packages of exactly the same version are parts of one: links lead from one to the other.
      parts = map (part: part.key) (
        builtins.genericClosure {
          startSet = [ { key = name; } ];
          operator =
            { key }:
            map (dependency: { key = dependency.name; }) (
              builtins.filter (dependency: dependency.exact && isHeaders dependency.name) dependencies.${key}
            );
        }
      );
      propagated = map (dependency: headersOf.${dependency}) (
        builtins.filter (
          dependency: isHeaders dependency && !isToolchain dependency && !builtins.elem dependency parts
        ) (builtins.concatMap (part: names dependencies.${part}) parts)
      );
    in
    unpackDebian {
      name = "${name}-${package.version}";
      debs = parts;
      libraries = librariesOf parts;
      fixup = ''
        mkdir -p $out/lib/pkgconfig $out/nix-support
        for input in ${toString propagated}; do
          echo $input >> $out/nix-support/propagated-build-inputs
          for file in $input/lib/pkgconfig/*.pc $input/share/pkgconfig/*.pc; do
            [ ! -e $file ] || [ -e $out/lib/pkgconfig/$(basename $file) ] || ln -s $file $out/lib/pkgconfig/
          done
        done
        ${fixup}
      '';
    };

  # library PNAME { headers; … }: `out` is the shared objects for run time, `dev` what compiling and linking need.
  library =
    pname:
    {
      headers,
      fixup ? "", # shell commands at the end of making `dev`
    }:
    let
      runtime = builtins.filter isLibrary (
        names (builtins.filter (dependency: dependency.exact) dependencies.${headers})
      );
      out =
        if builtins.length runtime == 1 then
          libraries.${builtins.head runtime}
        else
          unpackDebian {
            name = "${pname}-${version}";
            debs = runtime;
            libraries = librariesOf runtime;
          };
      inherit (pins.packages.${headers}) version;
    in
    if !pins.packages ? ${headers} then
      throw "${pname}: the Debian package ${headers} is not among the pins of the bootstrap package set"
    else
      out
      // {
        inherit pname version out;
        dev =
          if fixup == "" then headersOf.${headers} else headersWith headers pins.packages.${headers} fixup;
        lib = out;
        outputs = [
          "out"
          "dev"
        ];
      };
in
{
  inherit librariesOf libraries library;

  # All pinned packages whose name the regular expression matches.
  matching = expression: builtins.filter (matches expression) (builtins.attrNames pins.packages);
}
