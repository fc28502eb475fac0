pub fn mode() -> &'static str {
    assert_eq!(env!("MODE"), native_sys::MODE);
    env!("MODE")
}
