# Packages that the book names, under nixpkgs' names, and that the package set which nixw makes has not: only names are evaluated.
pkgs:
builtins.listToAttrs (
  map
    (name: {
      inherit name;
      value = pkgs.runCommand name { } "exit 1";
    })
    [
      "cacert"
      "installShellFiles"
      "libGL"
      "libpcap"
      "makeWrapper"
      "pam"
      "protobuf"
    ]
)
