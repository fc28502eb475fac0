# storeName text: a name that the store allows: less than names and versions of packages are.
builtins.replaceStrings [ "+" " " "~" ] [ "-" "-" "-" ]
