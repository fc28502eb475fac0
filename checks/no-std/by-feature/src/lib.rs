#![cfg_attr(not(feature = "std"), no_std)]

#[inline(never)]
pub fn has_std() -> bool {
    cfg!(feature = "std")
}
