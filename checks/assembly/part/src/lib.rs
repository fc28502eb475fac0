//! Symbols that assembly defines, which rustc knows nothing of.

use std::arch::global_asm;

#[cfg(target_arch = "x86_64")]
global_asm!(".globl part_seven", ".type part_seven,@function", "part_seven: mov eax, 7", "ret", ".size part_seven, .-part_seven");
#[cfg(target_arch = "aarch64")]
global_asm!(".globl part_seven", ".type part_seven,%function", "part_seven: mov w0, #7", "ret", ".size part_seven, .-part_seven");

unsafe extern "C" {
    safe fn part_seven() -> i32;
}

/// Compiled in the crate that calls it.
#[inline]
pub fn inlined() -> i32 {
    part_seven()
}

#[inline(never)]
pub fn called() -> i32 {
    part_seven()
}
