#[test]
fn dev_features() {
    assert!(shared::features().contains(&"dev"));
}
