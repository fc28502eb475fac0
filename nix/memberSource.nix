# memberSource { src, place, packages, files, targets }: what the builds of workspace members see of the workspace, so that a change in one member
# rebuilds that member and what depends on it, nothing else. `packages` are those of the graph that have a path, `files` are the
# patterns of what all of them read, `targets` the roots of the packages' targets by folder, for those that ask Cargo about them. Gives
#   source { package, forTests }   a member's own folder, without what lies in it but belongs to others, and without what no
#                                  build reads unless the graph says that it does (docs/sources.md)
#   placed { package, forTests }   { member, files }: where the package is in its build, and what it reads beside its folder:
#                                  path there → store path
{
  src,
  # Where a package's path is, as outside.nix has it.
  place,
  packages,
  files,
  targets,
}:
let
  globRegex = import ./globRegex.nix;
  ignoreRules = import ./ignoreRules.nix;
  leftOut = builtins.fromJSON (builtins.readFile ../importer/data/left-out.json);

  hasPrefix = import ./hasPrefix.nix;
  isBelow = import ./isBelow.nix;
  isBuildFolder = import ./isBuildFolder.nix;
  asSet = import ./asSet.nix;
  partsOf = path: builtins.filter builtins.isString (builtins.split "/" path);

  # What no crate is made of, at the top of a workspace or a member.
  never = asSet [
    ".git"
    "target"
  ];
  # What none is made of unless the graph names it.
  notSource = asSet [
    "result"
    "Cargo.lock"
    "crate-graph.json"
    "flake.nix"
    "flake.lock"
  ];
  names = asSet leftOut.names;
  extensions = asSet leftOut.extensions;
  folders = asSet leftOut.folders;
  development = asSet leftOut.development;

  # The folders above a package's.
  above =
    path:
    let
      parts = partsOf path;
      start = depth: builtins.concatStringsSep "/" (builtins.genList (builtins.elemAt parts) depth);
    in
    if path == "." then
      [ ]
    else
      [ "." ] ++ builtins.genList (depth: start (depth + 1)) (builtins.length parts - 1);
  isPackage = asSet (map (package: package.path) packages);
  # Folder of a package → the folders of packages in it: each is entered where it belongs, rather than looked for from everywhere.
  nested =
    builtins.mapAttrs
      (
        folder: entries:
        asSet (
          map (
            entry:
            if folder == "." then
              entry.path
            else
              builtins.substring (builtins.stringLength folder + 1) (-1) entry.path
          ) entries
        )
      )
      (
        builtins.groupBy (entry: entry.folder) (
          builtins.concatMap (
            package:
            map (folder: {
              inherit folder;
              inherit (package) path;
            }) (builtins.filter (folder: isPackage ? ${folder}) (above package.path))
          ) packages
        )
      );

  # What the graph says that a package's units read.
  read =
    package: forTests: (package.files or [ ]) ++ (if forTests then package.test-files or [ ] else [ ]);
  sourceOf =
    package: forTests:
    let
      inherit (package) path;
      root = place path;
      start = builtins.stringLength (toString root) + 1;
      others = nested.${path} or { };
      own = builtins.filter (file: !(hasPrefix "/" file)) (read package forTests);
      # What the graph names at the top is kept as a whole: what is below it may well be read with it. So are crate roots that are not
      # published (`exclude = ["build.rs"]`), which Cargo builds where they are.
      kept = asSet (map (file: builtins.head (partsOf file)) (own ++ unpublished));
      isBuilt =
        unit:
        !(unit.test or false)
        && builtins.elem (unit.kind or "lib") [
          "lib"
          "proc-macro"
          "bin"
          "build"
        ];
      rootOf = unit: unit.root or (if unit.kind or "lib" == "build" then "build.rs" else "src/lib.rs");
      unpublished = builtins.filter (root: !(belongs root "regular")) (
        map rootOf (builtins.filter isBuilt (builtins.attrValues (package.units or { })))
      );
      keepsAll = kept ? ".";
      patterns = map globRegex own;
      isNamed = name: kept ? ${name} || builtins.any (regex: builtins.match regex name != null) patterns;
      extension = name: builtins.match ".+\\.([^.]+)" name;
      isLeftOut =
        name: type:
        if type == "directory" then
          folders ? ${name} || !forTests && development ? ${name}
        else
          names ? ${name} || (extension name != null && extensions ? ${builtins.head (extension name)});
      include = ignoreRules package.include;
      exclude = ignoreRules package.exclude;
      # Tests may read what is not published.
      belongs =
        relative: type:
        if forTests then
          true
        else if package ? include then
          include.matches relative || type == "directory" && include.mayHold relative
        else if package ? exclude then
          !(exclude.matches relative)
        else
          true;
    in
    builtins.path {
      name = "source";
      path = root;
      filter =
        file: type:
        let
          relative = builtins.substring start (-1) (toString file);
          top = builtins.head (partsOf relative);
          isTop = top == relative;
        in
        !(others ? ${relative})
        && !(isTop && (never ? ${relative} || notSource ? ${relative} && !(kept ? ${relative})))
        && (
          relative == "Cargo.toml"
          || isNamed top
          || (keepsAll || !(isTop && isLeftOut relative type)) && belongs relative type
        );
    };

  # Where a path of the graph is in the builds of those that read it: the way up to a folder that holds the workspace is left out.
  withoutWayUp =
    path:
    if path == ".." then
      "."
    else if hasPrefix "../" path then
      withoutWayUp (builtins.substring 3 (-1) path)
    else
      path;

  # A pattern's fixed part is a file or folder; what is below it is chosen by the rest.
  chosen =
    pattern:
    let
      bare = if hasPrefix "/" pattern then builtins.substring 1 (-1) pattern else pattern;
      parts = partsOf bare;
      isFixed = part: builtins.match "[^*?[]*" part != null;
      count =
        builtins.foldl'
          (
            state: part:
            if state.ended || !(isFixed part) then
              state // { ended = true; }
            else
              state // { length = state.length + 1; }
          )
          {
            ended = false;
            length = 0;
          }
          parts;
      name = builtins.concatStringsSep "/" (builtins.genList (builtins.elemAt parts) count.length);
      path = place (if name == "" then "." else name);
      regex = globRegex bare;
      # The path in the graph of what is below.
      written =
        file:
        let
          below = builtins.substring (builtins.stringLength (toString path)) (-1) (toString file);
        in
        if name == "" then builtins.substring 1 (-1) below else name + below;
      # What lies outside of `src` may be nowhere.
      exists = builtins.tryEval (builtins.pathExists path);
    in
    if !(exists.success && exists.value) then
      [ ]
    else
      [
        {
          name = withoutWayUp name;
          value = builtins.path {
            name = "source";
            inherit path;
            filter =
              file: type:
              baseNameOf file != ".git"
              && !(isBuildFolder file)
              && (!count.ended || type == "directory" || builtins.match regex (written file) != null);
          };
        }
      ];
  everywhere = builtins.concatMap chosen files;

  # What `cargo metadata --no-deps` reads: the manifests, and of targets that they are there.
  nothing = builtins.toFile "nothing" "";
  below = folder: name: if folder == "." then name else "${folder}/${name}";
  workspaceOf =
    package:
    let
      workspace = package.workspace or ".";
      manifest = folder: {
        name = below folder "Cargo.toml";
        value = builtins.path {
          name = "source";
          path = src + "/${below folder "Cargo.toml"}";
        };
      };
      root = name: {
        inherit name;
        value = nothing;
      };
      # Those of its workspace: a fleet has several.
      isBeside = folder: folder != package.path && (workspace == "." || isBelow folder workspace);
      others = builtins.filter isBeside (builtins.attrNames targets);
    in
    map manifest (builtins.filter (folder: folder != package.path) ([ workspace ] ++ others))
    ++ builtins.concatMap (folder: map (name: root (below folder name)) targets.${folder}) others;

  filesOf =
    package: forTests:
    let
      own =
        (if hasPrefix "../" package.path then [ ] else everywhere)
        ++ builtins.concatMap chosen (builtins.filter (hasPrefix "/") (read package forTests));
      isOwn = name: builtins.any (entry: entry.name == name || hasPrefix "${entry.name}/" name) own;
      around =
        if package.asks-cargo or false || forTests && package.tests-ask-cargo or false then
          builtins.filter (entry: !(isOwn entry.name)) (workspaceOf package)
        else
          [ ];
    in
    builtins.mapAttrs (_name: toString) (builtins.listToAttrs (around ++ own));
  variants = of: {
    main = of false;
    tests = of true;
  };
  # Each is evaluated once, however many units a package has.
  sources = builtins.listToAttrs (
    map (package: {
      name = package.path;
      value = {
        source = variants (sourceOf package);
        files = variants (filesOf package);
      };
    }) packages
  );
  choose =
    what:
    { package, forTests }:
    sources.${package.path}.${what}.${if forTests then "tests" else "main"};
  # A fleet may have workspaces in folders of its own: rustc starts in the package's workspace, as with Cargo. What a package reads above
  # its workspace has no place in such a build, so that there rustc starts in the fleet's folder.
  placed =
    { package, forTests }:
    let
      files = choose "files" { inherit package forTests; };
      workspace = package.workspace or ".";
      isAlone =
        workspace != "." && builtins.all (name: isBelow name workspace) (builtins.attrNames files);
      inWorkspace =
        path:
        if !isAlone then
          withoutWayUp path
        else if path == workspace then
          "."
        else
          builtins.substring (builtins.stringLength workspace + 1) (-1) path;
    in
    {
      member = inWorkspace package.path;
      files =
        if isAlone then
          builtins.listToAttrs (
            map (name: {
              name = inWorkspace name;
              value = files.${name};
            }) (builtins.attrNames files)
          )
        else
          files;
    };
in
{
  source = choose "source";
  inherit placed;
}
