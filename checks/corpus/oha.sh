export HOME=$PWD
mkdir served && echo content > served/file
miniserve --interfaces 127.0.0.1 --port 28432 served > log 2>&1 &
trap 'kill %1' EXIT
for _ in $(seq 100); do xh --ignore-stdin --body http://127.0.0.1:28432/file > /dev/null 2>&1 && break; sleep 0.1; done
# It reads the list of name servers, though it is given an address.
measure() {
  if [ -e /etc/resolv.conf ]; then
    oha "$@"
  else
    "$busybox/bin/busybox" unshare -r -m sh -c 'mount -t tmpfs none /etc && echo nameserver 127.0.0.1 > /etc/resolv.conf && exec oha "$@"' - "$@"
  fi
}
measure -n 40 -c 4 --no-tui --json http://127.0.0.1:28432/file | tr -d ' \n' | grep -o '"statusCodeDistribution":{[^}]*}'
