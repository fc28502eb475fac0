export HOME=$PWD
bandwhich --help | head -n 4
bandwhich --interface missing --raw 2>&1 < /dev/null | head -n 1
