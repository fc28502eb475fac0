#[inline(never)]
pub fn strings(count: usize) -> Vec<String> {
    let mut list = Vec::with_capacity(count);
    list.extend((0..count).map(|number| number.to_string()));
    list
}

#[inline(never)]
pub fn drop_it(list: Vec<String>) {
    drop(list);
}
