export HOME=$PWD
cargo-expand expand --themes
cargo-expand expand --help | head -n 3
