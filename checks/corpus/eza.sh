export HOME=$PWD
mkdir -p d/sub && echo a > d/x && echo bb > d/sub/y && ln -s x d/link
eza --oneline --color=never d
eza --tree --color=never d
eza --long --no-user --no-time --no-permissions --color=never d/sub
