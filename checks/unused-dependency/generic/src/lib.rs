pub fn largest<T: PartialOrd>(list: &[T]) -> Option<&T> {
    let mut items = list.iter();
    let first = items.next()?;
    Some(items.fold(first, |largest, item| if item > largest { item } else { largest }))
}
