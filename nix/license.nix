# license lib expression: a licence as `meta.license` has it: of the SPDX expression in a manifest the licences of nixpkgs' library; the expression
# itself where the package set has no such library. https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
# Without AND and OR in one expression it is their operator of the library, if it has them (since 26.05); else a list, as older ones do.
lib: expression:
let
  bySpdxId = builtins.listToAttrs (
    map (license: {
      name = license.spdxId;
      value = license;
    }) (builtins.filter (license: license ? spdxId) (builtins.attrValues lib.licenses))
  );
  # What the library does not know stays as it is written. Only the licences of SPDX' own list are known to be free.
  of =
    id:
    bySpdxId.${id} or {
      spdxId = id;
      shortName = id;
      fullName = id;
      free = builtins.match ".*LicenseRef-.*" id == null;
    };
  # Manifests may still have a slash for OR.
  separators = builtins.filter builtins.isList (builtins.split "( OR | AND |/)" expression);
  isMixed = builtins.length (unique (map separator separators)) > 1 || hasParentheses;
  separator = match: if builtins.head match == " AND " then "AND" else "OR";
  hasParentheses = builtins.match ".*[()].*" expression != null;
  unique = builtins.foldl' (
    list: item: if builtins.elem item list then list else list ++ [ item ]
  ) [ ];
  trim = text: builtins.head (builtins.match " *(.*[^ ]) *" text);
  ids = unique (
    map trim (
      builtins.filter (part: builtins.isString part && builtins.match " *" part == null) (
        builtins.split " OR | AND |[/()]" expression
      )
    )
  );
  licenses = map of ids;
  operator = separator (builtins.head separators);
in
if lib.licenses or null == null then
  expression
else if builtins.length licenses == 1 then
  builtins.head licenses
else if !isMixed && lib.licenses ? ${operator} then
  lib.licenses.${operator} licenses
else
  licenses
