mod archive;

fn main() {
    archive::build("asks", &["asks.c"]);
}
