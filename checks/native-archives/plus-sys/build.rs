mod archive;

fn main() {
    archive::build_with("CXX", "c++", "plus", &["plus.cc"]);
}
