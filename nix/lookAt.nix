# lookAt what kind value: the value, if it is of a kind (argumentKinds.nix); else one sentence that says what was given and what is expected. Elements
# of a list are looked at when they are used.
what: kind: value:
let
  text = builtins.toJSON value;
  given =
    {
      null = "null";
      bool = if value then "true" else "false";
      string = if builtins.stringLength text > 60 then "a string" else text;
      path = "the path ${toString value}";
      list = if value == [ ] then "an empty list" else "a list";
      lambda = "a function";
      # An input of a flake is one, too, but not what anybody calls a package.
      set =
        if value ? sourceInfo then
          "an input of the flake"
        else if value ? outPath then
          "a package"
        else
          "a set";
    }
    .${builtins.typeOf value} or "a number";
in
if !(kind.holds value) then
  throw "dyrust: ${what} is ${given}; it has to be ${kind.is}"
else if kind ? each then
  map (import ./lookAt.nix "${what}: an element" kind.each) value
else
  value
