//! Work on many things at the same time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// Calls `work` for every item, on up to `threads` threads, and returns the results in the items' order. After a first error no more
/// items are begun; of several errors the one of the first item is returned.
pub(super) fn map<T: Sync, R: Send, E: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            let (next, failed, work) = (&next, &failed, &work);
            scope.spawn(move || {
                while !failed.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = work(item);
                    if result.is_err() {
                        failed.store(true, Ordering::Relaxed);
                    }
                    if sender.send((index, result)).is_err() {
                        break;
                    }
                }
            });
        }
    });
    drop(sender);
    let mut results: Vec<_> = receiver.into_iter().collect();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// How many threads work that needs the processor is worth.
pub(super) fn processors() -> usize {
    std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order() {
        let items: Vec<u32> = (0..100).collect();
        let doubled = map(&items, 7, |item| Ok::<_, ()>(item * 2)).unwrap();
        assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(
            map(&[] as &[u32], 7, |item| Ok::<_, ()>(*item)).unwrap(),
            [] as [u32; 0]
        );
    }

    #[test]
    fn the_first_error_wins() {
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(
            map(&items, 1, |item| if *item >= 3 { Err(*item) } else { Ok(()) }),
            Err(3)
        );
        let error = map(&items, 8, |item| if *item >= 3 { Err(*item) } else { Ok(()) }).unwrap_err();
        assert!((3..20).contains(&error), "{error}");
    }
}
