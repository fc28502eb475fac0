export HOME=$PWD
sleep 30 &
procs --color disable --pager disable --no-header --only Command --watch-interval 1 "sleep 30" | grep -c 'sleep 30'
procs --gen-config | grep -c '^kind = "Pid"'
kill %1
