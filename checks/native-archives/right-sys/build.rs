mod archive;

fn main() {
    archive::build("parser", &["parser.c"]);
}
