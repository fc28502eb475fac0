//! Libraries that are only linked for what they do when they are loaded, as `inventory` and `ctor` make them.

use deep as _;
use plugin as _;

fn main() {
    let mut names = registry::names();
    names.sort();
    println!("{}", names.join(" "));
}
