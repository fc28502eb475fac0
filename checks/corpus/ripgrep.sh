printf 'a\nneedle\n' | rg -n needle
rg --version | head -n 1 | cut -d ' ' -f 1-2
printf 'one\ntwo\n' > file
rg --count-matches 'o(n|w)?' file
rg -PN 'x' file || echo "no PCRE2, or no match: $?"
