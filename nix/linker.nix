# dyrust-link, the relinker: a program that dyrust builds like any other.
{ buildGraph }:
(buildGraph {
  src = ./..;
  graph = ../linker/crate-graph.json;
}).packages.dyrust-link
