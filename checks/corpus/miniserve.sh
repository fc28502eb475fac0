export HOME=$PWD
mkdir served && echo content > served/file
miniserve --interfaces 127.0.0.1 --port 28431 served > log 2>&1 &
trap 'kill %1' EXIT
for _ in $(seq 100); do xh --ignore-stdin --body http://127.0.0.1:28431/file 2>/dev/null && break; sleep 0.1; done
xh --ignore-stdin --body http://127.0.0.1:28431/ | grep -o 'href="/file"' | head -n 1
xh --ignore-stdin --headers http://127.0.0.1:28431/missing | head -n 1
