# What the fields of Debian's packages say: which package brings the libraries that another one needs.
{
  pins,
  callPackage,
  unpackDebian,
  libgcc,
  libstdcxx,
}:
let
  # "libfoo1 (>= 1.2), libbar2 | libbaz2" -> [ { name; exact; } ]: of alternatives the first that apt chose.
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

  isLibrary =
    name: builtins.match "lib.*|zlib1g" name != null && builtins.match ".*-(dev|bin|common|data|base|perl)" name == null;

  dependencies = builtins.mapAttrs (_: package: parse package.depends) pins.packages;

  # The C library is everywhere; the others are packages of their own.
  libraryNames =
    debs:
    builtins.filter (name: name != "libc6" && isLibrary name && !builtins.elem name debs) (
      builtins.concatMap (deb: map (dependency: dependency.name) dependencies.${deb}) debs
    );
  librariesOf = debs: map (name: libraries.${name}) (libraryNames debs);

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
in
{
  inherit librariesOf libraries dependencies;
  inherit (pins) packages;

  # All pinned packages whose name the regular expression matches.
  matching =
    expression:
    builtins.filter (name: builtins.match expression name != null) (builtins.attrNames pins.packages);
}
