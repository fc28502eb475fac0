export HOME=$PWD
mkdir -p d/sub && echo a > d/x && echo bb > d/sub/y
lsd --oneline --icon never --color never d
lsd --tree --icon never --color never d
lsd -1 --icon always --color always --icon-theme unicode d
