//! A test that reads the workspace's files when it runs.

#[test]
fn the_file_is_what_is_compiled_in() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/greeting.txt");
    let text = std::fs::read_to_string(file).unwrap();
    assert_eq!(text.trim_end(), greeting::greeting());
}
