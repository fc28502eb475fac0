export HOME=$PWD
trip --print-config-template | cksum
trip --generate bash | cksum
trip --print-tui-theme-items | head -n 3
trip --mode json --report-cycles 0 127.0.0.1 2>&1 | head -n 2
