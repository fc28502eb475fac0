//! Nothing of this crate is left on this platform: neither std nor what brings it in.
#![no_std]
#![cfg(windows)]

pub fn only_on_windows() {}
