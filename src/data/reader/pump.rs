//! One producer, several workers: items come out of a stream one after the other and are worked on by the threads of the
//! pool, never more at a time than there are threads. What an item is, is left to the format.

use super::ReadError;
use crate::domain::work::Monitor;
use rayon::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Hands everything that `produce` gives to `work`. Items are produced in order, one at a time, and are numbered from 0.
///
/// # Errors
/// The error of the first item that has one, whatever the number of threads; [`ReadError::Stopped`] if the monitor asks
/// for it.
pub(super) fn pump<T: Send>(
    produce: impl FnMut(usize) -> Result<Option<T>, ReadError> + Send,
    work: impl Fn(usize, T) -> Result<(), ReadError> + Sync,
    monitor: &dyn Monitor,
) -> Result<(), ReadError> {
    let line = Mutex::new(Line {
        produce,
        n_produced: 0,
    });
    let is_over = AtomicBool::new(false);
    let first_error: Mutex<Option<(usize, ReadError)>> = Mutex::new(None);
    let fail = |index: usize, error: ReadError| {
        is_over.store(true, Ordering::Relaxed);
        if let Ok(mut first) = first_error.lock()
            && first.as_ref().is_none_or(|(earlier, _)| index < *earlier)
        {
            *first = Some((index, error));
        }
    };
    let n_workers = rayon::current_num_threads().max(1);
    (0..n_workers)
        .into_par_iter()
        .with_max_len(1)
        .for_each(|_| {
            while !is_over.load(Ordering::Relaxed) {
                let (index, item) = {
                    let Ok(mut line) = line.lock() else { return };
                    let index = line.n_produced;
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    if monitor.is_stopped() {
                        return fail(index, ReadError::Stopped);
                    }
                    match (line.produce)(index) {
                        Ok(Some(item)) => {
                            line.n_produced += 1;
                            (index, item)
                        }
                        Ok(None) => return is_over.store(true, Ordering::Relaxed),
                        Err(error) => return fail(index, error),
                    }
                };
                if let Err(error) = work(index, item) {
                    return fail(index, error);
                }
            }
        });
    match first_error.into_inner() {
        Ok(None) => Ok(()),
        Ok(Some((_, error))) => Err(error),
        Err(_) => Err(ReadError::Stopped),
    }
}

/// What only one thread at a time may touch.
struct Line<P> {
    produce: P,
    n_produced: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::work::Quiet;

    #[test]
    fn every_item_is_worked_on_once_and_the_first_error_wins() {
        let sum = Mutex::new(0);
        let count = |n: usize| move |i: usize| Ok((i < n).then_some(i));
        let add = |_: usize, item: usize| {
            *sum.lock().expect("not poisoned") += item;
            Ok(())
        };
        pump(count(100), add, &Quiet).expect("no item fails");
        assert_eq!(*sum.lock().expect("not poisoned"), 4950);

        let odd_fail = |index: usize, _: usize| match index % 2 {
            0 => Ok(()),
            _ => Err(ReadError::Empty {
                file: index.to_string(),
            }),
        };
        let error = pump(count(100), odd_fail, &Quiet).expect_err("some fail");
        assert_eq!(
            error,
            ReadError::Empty {
                file: "1".to_owned()
            }
        );
    }
}
