export HOME=$PWD
printf 'fn main() {\n    one(1, 2);\n}\n' > a.rs
printf 'fn main() {\n    if x {\n        one(1, 3);\n    }\n}\n' > b.rs
difft --color always --display inline --width 80 a.rs b.rs
printf '{"a": [1, 2]}' > a.json
printf '{"a": [1, 3]}' > b.json
difft --color never --display side-by-side --width 80 a.json b.json
difft --list-languages | wc -l
