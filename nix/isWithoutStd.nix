# isWithoutStd { text, features, target }: whether a program with this root is without std: it has `#![no_std]`, be it by `cfg_attr`, and does not bring std
# by `extern crate std`. What stands in comments, or under a `cfg` that does not hold, does not count.
{
  # of the program's root
  text,
  # of the package, as the program has them
  features,
  # the triple that it is built for
  target,
}:
let
  triple = builtins.filter builtins.isString (builtins.split "-" target);
  # Of Linux, for which alone programs are built.
  facts = {
    debug_assertions = false;
    panic = "unwind";
    target_arch = builtins.head triple;
    target_endian = "little";
    target_env = "gnu";
    target_family = "unix";
    target_os = "linux";
    target_pointer_width = "64";
    target_vendor = "unknown";
    unix = null;
  };
  cfg = import ./evaluateCfg.nix (
    name: value:
    if name == "feature" then
      builtins.elem value features
    else
      builtins.hasAttr name facts && facts.${name} == value
  );

  lines = builtins.filter builtins.isString (builtins.split "\n" text);
  trim = line: builtins.head (builtins.match "[ \t\r]*(.*[^ \t\r]|)[ \t\r]*" line);
  startsWith = start: line: builtins.substring 0 (builtins.stringLength start) line == start;
  # A comment at the end of a line.
  withoutComment = line: trim (builtins.head (builtins.split "//" line));
  count = sign: line: builtins.length (builtins.split sign line) - 1;

  # The attributes before the first item, each in one line.
  attributes =
    (builtins.foldl' step {
      found = [ ];
      # In a comment of several lines, or in an attribute with brackets to close.
      inComment = false;
      open = 0;
      ended = false;
    } lines).found;
  step =
    state: whole:
    let
      line = trim whole;
      code = withoutComment line;
      last = builtins.length state.found - 1;
      open = (if state.open > 0 then state.open else 0) + count "[[]" code - count "[]]" code;
    in
    if state.ended then
      state
    else if state.inComment then
      state // { inComment = count "[*]/" line == 0; }
    else if state.open > 0 then
      state
      // {
        inherit open;
        found = builtins.genList (builtins.elemAt state.found) last ++ [
          "${builtins.elemAt state.found last} ${code}"
        ];
      }
    else if startsWith "/*" line then
      state // { inComment = count "[*]/" line == 0; }
    else if startsWith "#![" code || startsWith "#! [" code then
      state
      // {
        inherit open;
        found = state.found ++ [ code ];
      }
    else if code == "" || startsWith "#!/" line then
      state
    else
      state // { ended = true; };

  # Several may stand in one line.
  isNoStd =
    attribute:
    let
      conditional = builtins.match ".*cfg_attr[ ]*[(](.*),[ ]*no_std[ ]*[,)].*" attribute;
    in
    builtins.match ".*#![ ]*[[][ ]*no_std[ ]*].*" attribute != null
    || conditional != null && cfg (builtins.head conditional);

  # What stands before each `extern crate std`, and whether that counts.
  bringsStd =
    before:
    let
      ending =
        let
          length = builtins.stringLength before;
        in
        builtins.substring (if length > 400 then length - 400 else 0) (-1) before;
      parts = builtins.filter builtins.isString (builtins.split "\n" ending);
      line = builtins.elemAt parts (builtins.length parts - 1);
      condition = builtins.match ".*#[[][ ]*cfg[ ]*[(](.*)[)][ ]*]([^]#;{}]|#[[][^]]*])*" (
        builtins.replaceStrings [ "\n" ] [ " " ] ending
      );
    in
    count "//" line == 0 && (condition == null || cfg (builtins.head condition));
  pieces = builtins.filter builtins.isString (builtins.split "extern[ ]+crate[ ]+std[ ]*[;a]" text);
  before = builtins.genList (builtins.elemAt pieces) (builtins.length pieces - 1);
in
builtins.any isNoStd attributes && !(builtins.any bringsStd before)
