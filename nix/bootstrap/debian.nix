# What the fields of Debian's packages say: which package brings the libraries that another one needs.
{
  pins,
  stage,
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

  # Headers, links to the shared objects, and pkg-config files. What else is needed to use them is propagated: nothing but the file that
  # says so leads there.
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
        echo ${toString propagated} > $out/nix-support/propagated-build-inputs
        ${fixup}
      '';
    };

  # library PNAME { headers; … }: a library in the outputs that nixpkgs gives it: `dev` has headers and pkg-config files, the one that is
  # called `lib` (else `out`) the shared objects, and the first is what stands for the package. The objects themselves are packages of
  # Debian's names, which others need too.
  library =
    pname:
    {
      headers,
      outputs ? [
        "out"
        "dev"
      ],
      fixup ? "", # shell commands at the end of making what is in Debian's package
    }:
    let
      runtime = builtins.filter isLibrary (
        names (builtins.filter (dependency: dependency.exact) dependencies.${headers})
      );
      objects = map (name: libraries.${name}) runtime;
      inherit (pins.packages.${headers}) version;
      whole =
        if fixup == "" then headersOf.${headers} else headersWith headers pins.packages.${headers} fixup;

      shared = stage "${pname}-${version}" { inherit whole objects; } ''
        mkdir -p $out/lib
        for package in $objects; do
          for file in $package/lib/*.so*; do ln -s $file $out/lib/; done
        done
        for file in $whole/lib/*.so; do
          [ -e $out/lib/$(basename $file) ] || ln -s $(readlink -f $file) $out/lib/$(basename $file)
        done
      '';
      development = stage "${pname}-${version}-dev" { inherit whole shared; } ''
        cp -R $whole $out
        chmod -R u+w $out
        find $out/lib -maxdepth 1 '(' -name '*.so*' -o -name '*.a' ')' -exec rm {} +
        find $out -type f '(' -name '*.pc' -o -name '*.cmake' ')' | while read -r file; do
          sed -i "s|^libdir *=.*|libdir=$shared/lib|; s|$whole/lib\b|$shared/lib|g; s|$whole|$out|g" $file
        done
        echo $shared >> $out/nix-support/propagated-build-inputs
      '';
      # Programs and configuration, which nobody here needs.
      other = name: stage "${pname}-${version}-${name}" { } "mkdir -p $out/${name}";
      made = builtins.listToAttrs (
        map (name: {
          inherit name;
          value =
            if name == "dev" then
              development
            else if name == "lib" || name == "out" && !builtins.elem "lib" outputs then
              shared
            else
              other name;
        }) outputs
      );
    in
    if !pins.packages ? ${headers} then
      throw "${pname}: the Debian package ${headers} is not among the pins of the bootstrap package set"
    else
      made.${builtins.head outputs}
      // made
      // {
        inherit pname version outputs;
      };
in
{
  inherit librariesOf libraries library;

  # All pinned packages whose name the regular expression matches.
  matching = expression: builtins.filter (matches expression) (builtins.attrNames pins.packages);
}
