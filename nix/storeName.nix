# storeName text: a name that the store allows: less than names of packages and programs are. What it does not allow becomes a hyphen.
text:
builtins.concatStringsSep "-" (
  builtins.filter builtins.isString (builtins.split "[^a-zA-Z0-9._?=-]" text)
)
