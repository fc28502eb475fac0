#[inline(never)]
pub fn step(depth: u32) -> u32 {
    inner::Depth(depth + 1).fall() + 1
}
