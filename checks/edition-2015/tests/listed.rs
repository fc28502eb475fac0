#[test]
fn listed() {}
