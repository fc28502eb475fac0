# What arguments of the public functions may be: by the function, then by the argument (checked.nix), each { holds, is }. `overrides` has the
# keys of an override. Values are looked at no deeper than it takes to tell: what is in a list of packages need not be evaluated.
let
  inherit (builtins)
    all
    isAttrs
    isBool
    isFloat
    isFunction
    isInt
    isList
    isString
    ;
  isPath = value: builtins.typeOf value == "path";
  isAbsolute = text: builtins.substring 0 1 text == "/";
  isPackage = value: isAttrs value && value ? outPath;
  # A path in each of its forms: sources of nixpkgs' library, inputs of flakes and packages are sets.
  isFile = value: isPath value || isString value && isAbsolute value || isPackage value;
  isTexts = value: isList value && all isString value;
  orNull = kind: {
    holds = value: value == null || kind.holds value;
    is = "${kind.is}, or null";
  };
  kind = is: holds: { inherit is holds; };
  oneOf =
    values:
    kind (builtins.concatStringsSep " or " (map builtins.toJSON values)) (
      value: builtins.elem value values
    );

  bool = kind "true or false" isBool;
  text = kind "a string" isString;
  texts = kind ''a list of strings, such as [ "…" ]'' isTexts;
  listOf = each: is: kind is isList // { inherit each; };
  packages = listOf (kind "a package" isFile) "a list of packages, such as [ pkgs.NAME ]";
  table = example: kind "a set, such as { ${example} }" (value: isAttrs value && !(isPackage value));
  folder = kind "a folder: a path such as ./., or an input of the flake" isFile;
  file = example: kind "a path, such as ${example}" isFile;
  graph = kind "a path, such as ./crate-graph.json, or what is in that file" (
    value: isFile value || isAttrs value
  );
  overrides = table "CRATE.libraries = [ pkgs.NAME ];";
  linkage = oneOf [
    "dynamic"
    "static"
  ];
  packageAttributes = table ''PROGRAM.postInstall = "…";'';
  ofPackageSet =
    example:
    kind "a function of the package set, such as pkgs: { ${example} }" (
      value: isFunction value || isAttrs value && value ? __functor
    );
  systems = kind ''a list of systems, such as [ "x86_64-linux" ]'' (
    value: isTexts value && value != [ ]
  );
  image = kind "a package, such as what mkImage gives" isFile;
in
{
  mkFlake = {
    src = folder;
    inherit graph;
    packageSets = table "x86_64-linux = import nixpkgs { … };";
    inherit systems;
    default = orNull (kind "a program's name" isString);
    toolchain = ofPackageSet "rustc = …;";
    arguments = ofPackageSet "testTools = [ pkgs.git ];";
  };
  forSystems = {
    legacyPackages = table "x86_64-linux = …;";
    inherit systems;
  };
  buildGraph = {
    src = orNull folder;
    outside = table ''"../lib" = inputs.lib;'';
    inherit
      graph
      overrides
      linkage
      packageAttributes
      ;
    pins = orNull (file "./crate-graph.pins.json");
    debug = bool;
    contentAddressed = bool;
    clippyArguments = texts;
    docArguments = texts;
    testTools = packages;
  };
  buildFleet = {
    src = orNull folder;
    inherit
      graph
      overrides
      linkage
      packageAttributes
      ;
    name = text;
    contentAddressed = bool;
    open = bool;
    groupedPins = orNull (file "./fleet.grouped.pins.json");
  };
  mkImage = {
    name = text;
    programs = kind "a list of programs, such as builtins.attrValues workspace.packages" isList;
    form = oneOf [
      "image"
      "grouped"
      "trim"
      "static"
    ];
    pins = orNull (file "./tools.grouped.pins.json");
    open = bool;
    debug = bool;
    arguments = texts;
  };
  mkContainer = {
    name = text;
    inherit image;
    command = kind ''the command's words, such as [ "sd" "--version" ]'' isTexts;
    # https://github.com/opencontainers/image-spec/blob/main/annotations.md
    reference = orNull (
      kind ''a name, such as "tools:1"'' (
        value: isString value && builtins.match "[A-Za-z0-9]+([-._:@+/]+[A-Za-z0-9]+)*" value != null
      )
    );
  };
  mkInitrd = {
    name = text;
    inherit image;
    init = kind "a program's path, such as \"\${image}/bin/init\"" isFile;
  };

  overrides = {
    libraries = packages;
    tools = packages;
    runtimeLibraries = packages;
    environment = table ''NAME = "value";'';
    hardeningDisable = texts;
    hardeningEnable = texts;
    src = orNull (kind "a folder or a .crate file: a path, or an input of the flake" isFile);
    patches = listOf (kind "a file, such as ./a.patch" isFile) "a list of files, such as [ ./a.patch ]";
    postPatch = kind "shell commands, as a string" isString;
    rustflags = texts;
  };
  # What is in `packageAttributes`.
  attributes = kind "a set of attributes of mkDerivation, or a function as overrideAttrs takes one" (
    value: isFunction value || isAttrs value && !(isPackage value)
  );
  # What `override` of a program is given, called with the arguments that were there if it is a function.
  changes = kind "a set of arguments of buildGraph, or a function of those that it was given" (
    value: isAttrs value && !(isPackage value)
  );
  # A variable's value.
  environment = kind "a string, a number, a boolean, a path, a package, or null for none" (
    value:
    value == null
    || isString value
    || isInt value
    || isFloat value
    || isBool value
    || isPath value
    || isPackage value
  );
}
