//! The C++ library is named here alone, as in unrar-ng-sys: the archive was made into a shared object that did not need it, and the
//! program could not be loaded.

#[link(name = "stdc++")]
unsafe extern "C" {
    safe fn plus_caught() -> i32;
}

#[inline]
pub fn caught() -> i32 {
    plus_caught()
}
