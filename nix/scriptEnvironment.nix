# scriptEnvironment variables: what a build script sees of Cargo's `[env]`: nothing in place of what Cargo tells build scripts
# (https://doc.rust-lang.org/cargo/reference/environment-variables.html#environment-variables-cargo-sets-for-build-scripts).
variables:
let
  names = [
    "CARGO_ENCODED_RUSTFLAGS"
    "DEBUG"
    "HOST"
    "NUM_JOBS"
    "OPT_LEVEL"
    "OUT_DIR"
    "PROFILE"
    "RUSTC"
    "RUSTDOC"
    "RUSTFLAGS"
    "TARGET"
  ];
  isOfCargo =
    name: builtins.elem name names || builtins.match "CARGO_(CFG|FEATURE|MANIFEST)_.*" name != null;
in
builtins.removeAttrs variables (builtins.filter isOfCargo (builtins.attrNames variables))
