# The importer's unit tests, built and run as any workspace's tests are.
lib:
(lib.buildGraph {
  src = ../.;
  graph = ./importer-tests.json;
  testTools = [
    lib.pkgs.coreutils
    lib.pkgs.git
  ];
}).checks.test-dyrust-importer-lib-test
