export HOME=$PWD
broot --print-shell-function bash | cksum
mkdir -p d/sub && echo a > d/x && echo bb > d/sub/y
broot --color no --height 10 --cmd ':pt;:q' d < /dev/null 2>&1 | sed "s#$PWD##g" | tr -s ' \n' ' ' # it breaks lines by the length of the folder's name
