export HOME=$PWD
sleep 30 &
procs --color disable --pager disable --no-header --only Command "sleep 30" | grep -c 'sleep 30'
procs --gen-config | grep -c '^kind = "Pid"'
kill %1
