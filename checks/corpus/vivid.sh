export HOME=$PWD
vivid generate molokai | cksum
vivid themes | head -n 4
vivid -m 8-bit generate snazzy | cksum
