export HOME=$PWD
gitui --help | head -n 4
gitui --directory missing 2>&1 < /dev/null | head -n 2 | sed "s#$PWD##"
