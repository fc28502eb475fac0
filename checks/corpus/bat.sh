export HOME=$PWD
echo 'fn main(){}' | bat -pp -l rust --color always
printf '{"a": [1, 2]}' | bat -pp -l json --color always
bat --list-languages | wc -l
