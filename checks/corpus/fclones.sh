export HOME=$PWD
mkdir d && seq 2000 > d/a && seq 2000 > d/b && seq 2001 > d/c
fclones group d 2> /dev/null | grep -v '^#' | sed "s#$PWD##"
fclones group --hash-fn sha256 --format csv d 2> /dev/null | sed "s#$PWD##g"
