//! Work on many things with all processors.

use rayon::iter::{FromParallelIterator, IntoParallelIterator, ParallelIterator};

/// Calls `work` for every item, and gives the results in the items' order. For a single one no other thread is woken.
pub(crate) fn map<T, R, C>(items: Vec<T>, work: impl Fn(T) -> R + Sync + Send) -> C
where
    T: Send,
    R: Send,
    C: FromParallelIterator<R> + FromIterator<R>,
{
    if items.len() < 2 {
        items.into_iter().map(work).collect()
    } else {
        items.into_par_iter().map(work).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn results_keep_the_order() {
        for count in [0, 1, 2, 100] {
            let doubled: Vec<u32> = map((0..count).collect(), |item| item * 2);
            assert_eq!(doubled, (0..count).map(|item| item * 2).collect::<Vec<_>>());
            let failed: Result<Vec<u32>, u32> = map((0..count).collect(), Err);
            assert_eq!(failed.is_err(), count > 0);
        }
    }
}
