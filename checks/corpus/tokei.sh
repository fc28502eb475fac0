printf 'fn main() {\n    println!();\n}\n' > a.rs
tokei -o json a.rs | grep -o '"Rust":{"blanks":[0-9]*,"children":{},"code":[0-9]*'
