#![no_std]

#[inline(never)]
pub fn checked_sum(values: &[u32]) -> Option<u32> {
    values.iter().try_fold(0_u32, |sum, value| sum.checked_add(*value))
}

#[inline(never)]
pub fn element(values: &[u32], index: usize) -> u32 {
    values[index]
}
