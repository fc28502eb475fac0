export HOME=$PWD
printf 'fn main() {\n    one();\n}\n' > a.rs
printf 'fn main() {\n    two();\n}\n' > b.rs
diff -u --label a.rs --label b.rs a.rs b.rs | delta --no-gitconfig --paging=never --width=60 --true-color=always
delta --list-languages | wc -l
