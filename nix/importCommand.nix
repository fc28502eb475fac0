# importCommand selection: the command that makes a graph anew with what was asked for the last time.
selection:
let
  quote = text: if builtins.match "[A-Za-z0-9_./@,:+=-]+" text == null then "'${text}'" else text;
  flag = name: if selection.${name} or false then [ "--${name}" ] else [ ];
  list =
    option: name:
    builtins.concatMap (value: [
      "--${option}"
      (quote value)
    ]) (selection.${name} or [ ]);
  value =
    name:
    if selection ? ${name} then
      [
        "--${name}"
        (quote selection.${name})
      ]
    else
      [ ];
in
builtins.concatStringsSep " " (
  [
    "dyrust"
    "import"
  ]
  ++ value "crate"
  ++ list "package" "packages"
  ++ flag "workspace"
  ++ list "bin" "bins"
  ++ list "features" "features"
  ++ flag "all-features"
  ++ flag "no-default-features"
  ++ flag "tests"
  ++ value "profile"
  ++ list "target" "targets"
)
