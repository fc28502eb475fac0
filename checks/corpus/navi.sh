export HOME=$PWD
navi widget bash | cksum
mkdir cheats
printf '%% greeting\n\n# Say hello\necho hello <name>\n\n$ name: echo world\n' > cheats/greeting.cheat
navi --path cheats fn welcome 2>&1 | head -n 2
navi info cheats-path | sed "s#$PWD##"
