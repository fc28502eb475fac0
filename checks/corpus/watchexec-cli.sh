export HOME=$PWD
mkdir watched
watchexec --watch watched --postpone --exts txt --quiet 'echo changed >> changes' &
trap 'kill %1' EXIT
sleep 2
for _ in $(seq 100); do date > watched/a.txt; sleep 0.2; [ ! -s changes ] || break; done
head -n 1 changes
