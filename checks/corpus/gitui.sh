export HOME=$PWD
# Its build script writes the day into the first line.
gitui --help | head -n 4 | sed '1s/ [0-9-]* ()$//'
gitui --directory missing 2>&1 < /dev/null | head -n 2 | sed "s#$PWD##"
