export HOME=$PWD
printf 'teh quick brwon langauge\nfine\n' > words.txt
typos --format brief --color never words.txt || echo "status $?"
typos --diff --color never words.txt || true
