export HOME=$PWD
btm --help | head -n 3
printf 'nonsense = [' > bad.toml
btm -C bad.toml 2>&1 | grep -v '^ *$' | head -n 3
