#[test]
fn runs() {
    assert!(!env!("CARGO_BIN_EXE_second").is_empty());
    assert_eq!(part::features(), ["dev"]);
}
