#[test]
fn uses() {
    assert!(part::features().contains(&"testing"));
}
