# evaluateCfg holds predicate: whether a predicate of `cfg(…)` holds, as the Rust reference has them: names, `name = "value"`, `all`, `any`, `not`, `true`
# and `false`. `holds name value` says it of what is set; the value is null for a name alone. What is no predicate does not hold.
holds: predicate:
let
  # Words, texts with their quotes, and signs.
  words = builtins.concatMap (part: if builtins.isList part then part else [ ]) (
    builtins.split "([A-Za-z0-9_]+|\"[^\"]*\"|[(),=])" predicate
  );
  word = at: if at < builtins.length words then builtins.elemAt words at else "";
  text = quoted: builtins.substring 1 (builtins.stringLength quoted - 2) quoted;

  # The predicate that begins here: whether it holds, and where it ends.
  one =
    at:
    let
      name = word at;
      list = many (at + 2) [ ];
      within = builtins.elem true list.values;
    in
    if word (at + 1) == "(" then
      {
        value =
          if name == "not" then
            !within
          else if name == "any" then
            within
          else
            name == "all" && !(builtins.elem false list.values);
        end = list.end;
      }
    else if word (at + 1) == "=" then
      {
        value = holds name (text (word (at + 2)));
        end = at + 3;
      }
    else
      {
        value = name == "true" || name != "false" && holds name null;
        end = at + 1;
      };
  # A list of predicates up to its `)`.
  many =
    at: values:
    let
      next = one at;
    in
    if at >= builtins.length words || word at == ")" then
      {
        inherit values;
        end = at + 1;
      }
    else if word at == "," then
      many (at + 1) values
    else
      many next.end (values ++ [ next.value ]);
in
(one 0).value
