mkdir -p x/deep
touch x/y.rs x/z.txt x/deep/w.rs
fd -e rs | sort
fd --type d | sort
fd --threads 2 -x echo found {/} \; 'z' | sort
