# dyrust-link, the relinker: a program that dyrust builds like any other.
{ buildGraph }: (buildGraph { src = ./..; }).packages.dyrust-link
