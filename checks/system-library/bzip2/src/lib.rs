//! Has no build script: the attribute alone asks for the library (as sudo-rs does for pam).

use std::ffi::{CStr, c_char};

#[link(name = "bz2")]
unsafe extern "C" {
    safe fn BZ2_bzlibVersion() -> *const c_char;
}

#[inline]
pub fn version() -> &'static str {
    unsafe { CStr::from_ptr(BZ2_bzlibVersion()) }.to_str().unwrap()
}
