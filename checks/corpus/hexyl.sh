printf 'hello\n\000\377 and more than a line' | hexyl --color never --border ascii
head -c 4096 /dev/zero | hexyl --color never --no-squeezing | wc -l
