extern crate part;

pub fn name() -> &'static str {
    ::part::name()
}
