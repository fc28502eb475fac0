export HOME=$PWD
xh --offline --ignore-stdin --print=HB post http://127.0.0.1/path a=b n:=3 X-Header:value | grep -v -i '^user-agent'
xh --offline --ignore-stdin --print=HB --form post https://127.0.0.1/ a=b | grep -v -i '^user-agent'
xh --ignore-stdin http://127.0.0.1:1/ 2>&1 | head -n 1
