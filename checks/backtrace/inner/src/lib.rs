pub struct Depth(pub u32);

impl Depth {
    #[inline(never)]
    pub fn fall(&self) -> u32 {
        if self.0 > 0 {
            panic!("{} deep", self.0);
        }
        self.0
    }
}
