export HOME=$PWD
printf 'a=1\nb   = [1,2,\n3]\n' | taplo fmt - 2> /dev/null
printf 'a = 1\n[t]\nx = "y"\n' | taplo get t.x
printf 'a = \n' | taplo lint - 2>&1 | grep -c 'expected value'
