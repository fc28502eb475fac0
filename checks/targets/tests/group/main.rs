#[test]
fn group() {
    assert_eq!(targets::value(), 7);
}
