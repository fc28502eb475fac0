//! The command line of `dyrust`.

fn main() {}
