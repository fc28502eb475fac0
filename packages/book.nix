# The book in docs/ as a web site with search, made by an mdBook that dyrust builds. It fails where a page of the book is not in the site.
{ pkgs, mdbook }:
let
  source = builtins.path {
    name = "docs";
    path = ../docs;
  };
in
pkgs.runCommand "book" { nativeBuildInputs = [ mdbook ]; } ''
  mdbook build ${source} --dest-dir $out 2>&1 | tee log
  ! grep -E 'WARN|ERROR' log
  for page in $(cd ${source} && find . -name '*.md' ! -name SUMMARY.md); do
    html=$(echo "''${page%.md}.html" | sed 's|README[.]html$|index.html|')
    [ -s "$out/$html" ] || {
      echo "docs/$page is not in the site: add it to docs/SUMMARY.md" >&2
      exit 1
    }
  done
  ls $out | grep -q '^searchindex' || {
    echo "the site has no search" >&2
    exit 1
  }
''
