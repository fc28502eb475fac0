printf 'a b c\nd e f\n' | choose 1
printf 'a:b:c\n' | choose -f : -1 0
printf 'a1b22c\n' | choose -f '[0-9]+' 0:2
