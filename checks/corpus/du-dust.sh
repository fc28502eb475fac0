mkdir d
head -c 300000 /dev/zero > d/large
head -c 10 /dev/zero > d/small
dust -b -c d | grep -o 'large' | head -n 1
