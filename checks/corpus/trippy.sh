export HOME=$PWD
trip --print-config-template | cksum
trip --generate bash | cksum
trip --print-tui-theme-items | head -n 3
