//! Two archives of which the first needs the second, and the second one of another package.

mod archive;

fn main() {
    assert!(std::env::var("DEP_INNER_INCLUDE").unwrap().contains('/'));
    archive::build("outer", &["outer.c", "sum.c"]);
    archive::build("helper", &["helper.c"]);
}
