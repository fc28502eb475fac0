# evaluateModules arguments modules: { config, options } of some modules, in the little of the module system of nixpkgs' library that
# dyrust's modules and those of the book use. A definition of what is no option is refused, and so is one of another type.
arguments: modules:
let
  lib = {
    mkOption = option: option // { isOption = true; };
    mkEnableOption =
      text:
      lib.mkOption {
        type = types.bool;
        default = false;
        description = text;
      };
    mkIf = condition: content: {
      isWrapper = true;
      isWeak = false;
      inherit condition content;
    };
    mkDefault = content: {
      isWrapper = true;
      isWeak = true;
      condition = true;
      inherit content;
    };
    literalExpression = text: { inherit text; };
    inherit types;
  };
  one = name: holds: {
    inherit name;
    merge =
      place: definitions:
      if builtins.length definitions > 1 then
        throw "the option `${place}` is defined twice"
      else if holds (builtins.head definitions) then
        builtins.head definitions
      else
        throw "the option `${place}` is no ${name}";
  };
  types = {
    bool = one "boolean" builtins.isBool;
    str = one "string" builtins.isString;
    path = one "path" (value: builtins.isPath value || builtins.isString value || value ? outPath);
    package = one "package" (value: value ? outPath);
    raw = one "value" (_value: true);
    enum = values: one "one of ${builtins.toJSON values}" (value: builtins.elem value values);
    functionTo = _type: one "function" builtins.isFunction;
    nullOr =
      type:
      type
      // {
        merge = place: definitions: if definitions == [ null ] then null else type.merge place definitions;
      };
    listOf = type: {
      name = "list of ${type.name}";
      merge =
        place: definitions: map (each: type.merge place [ each ]) (builtins.concatLists definitions);
    };
    attrsOf = type: {
      name = "attribute set of ${type.name}";
      merge =
        place: definitions:
        builtins.mapAttrs (name: values: type.merge "${place}.${name}" (counting values)) (
          builtins.zipAttrsWith (_name: values: values) definitions
        );
    };
    submodule = module: {
      name = "submodule";
      merge = place: definitions: configOf place (optionsOf [ (normal module) ]) definitions;
    };
  };

  # { imports, options, config }
  normal =
    module:
    if builtins.isPath module || builtins.isString module then
      normal (import module)
    else if builtins.isFunction module then
      normal (module (arguments // { inherit lib config; }))
    else
      {
        imports = module.imports or [ ];
        options = module.options or { };
        config =
          module.config or (removeAttrs module [
            "_file"
            "imports"
            "options"
          ]);
      };
  withImports =
    module:
    let
      this = normal module;
    in
    [ this ] ++ builtins.concatMap withImports this.imports;
  all = builtins.concatMap withImports modules;

  optionsOf = modules: mergeOptions (map (module: module.options) modules);
  mergeOptions = builtins.zipAttrsWith (
    _name: values:
    # Of an option that several modules declare, `declarations` has them all.
    if builtins.any (value: value ? isOption) values then
      builtins.head values // { declarations = values; }
    else
      mergeOptions values
  );

  # `mkIf` and `mkDefault` of a set are those of what is in it, so that names are known without the condition.
  pushDown =
    definition:
    if definition ? isWrapper then
      builtins.mapAttrs (_name: content: definition // { inherit content; }) (pushDown definition.content)
    else
      definition;
  # What they leave: a default counts where nothing else is said.
  unwrap =
    definition:
    if !(definition ? isWrapper) then
      [
        {
          value = definition;
          isWeak = false;
        }
      ]
    else if definition.condition then
      map (each: each // { isWeak = each.isWeak || definition.isWeak; }) (unwrap definition.content)
    else
      [ ];
  counting =
    definitions:
    let
      unwrapped = builtins.concatMap unwrap definitions;
      strong = builtins.filter (each: !each.isWeak) unwrapped;
    in
    map (each: each.value) (if strong != [ ] then strong else unwrapped);

  configOf =
    place: options: given:
    let
      definitions = map pushDown given;
      unknown = builtins.attrNames (
        removeAttrs (builtins.foldl' (sum: each: sum // each) { } definitions) (builtins.attrNames options)
      );
      at =
        name: option:
        let
          here = "${place}.${name}";
          values = builtins.concatMap (each: if each ? ${name} then [ each.${name} ] else [ ]) definitions;
          counted = counting values;
        in
        if !(option ? isOption) then
          configOf here option values
        else if counted != [ ] then
          option.type.merge here counted
        else
          option.default or (throw "the option `${here}` has no value");
    in
    if unknown != [ ] then
      throw "the option `${place}.${builtins.head unknown}` does not exist"
    else
      builtins.mapAttrs at options;
  options = optionsOf all;
  config = configOf "config" options (map (module: module.config) all);
in
{
  inherit config options;
}
