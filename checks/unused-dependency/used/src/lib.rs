#[inline(never)]
pub fn call() -> String {
    "used".to_owned()
}
