export HOME=$PWD
mkdir -p d/sub && head -c 3000 /dev/zero > d/x && head -c 50000 /dev/zero > d/sub/y
dua --apparent-size --format bytes aggregate d/sub d/x
