# onlyTools legacyPackages: the package sets of the systems on which dyrust makes no programs, and offers its own program and shells to work
# with cargo: those of these that there are.
legacyPackages:
builtins.listToAttrs (
  builtins.concatMap
    (
      system:
      if legacyPackages ? ${system} then
        [
          {
            name = system;
            value = legacyPackages.${system};
          }
        ]
      else
        [ ]
    )
    [
      "aarch64-darwin"
      "x86_64-darwin"
    ]
)
