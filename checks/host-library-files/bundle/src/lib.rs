use std::path::Path;

pub fn greeting() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("greeting.txt");
    std::fs::read_to_string(file).unwrap().trim().to_owned()
}
