//! Whether the present values of a column rise or fall from row to row, chunk by chunk.

use crate::domain::statistics::Monotonicity;

/// How values follow one another.
#[derive(Debug, Clone)]
pub(super) struct Order<T> {
    /// First and last value, if there is one.
    ends: Option<(T, T)>,
    n: u64,
    rises: bool,
    falls: bool,
    /// Neighbours that are equal; counted only as long as the values rise or fall.
    n_equal: u64,
}

impl<T: PartialOrd> Order<T> {
    /// Of values in the order of the rows. Stops looking as soon as they neither rise nor fall.
    pub(super) fn of<I>(values: I, n: u64, last: impl FnOnce() -> Option<T>) -> Self
    where
        I: Iterator<Item = T>,
        T: Clone,
    {
        let mut values = values;
        let (mut rises, mut falls, mut n_equal) = (true, true, 0);
        let first = values.next();
        let mut before = first.clone();
        while rises | falls {
            let Some(value) = values.next() else {
                break;
            };
            if let Some(before) = &before {
                rises &= *before <= value;
                falls &= *before >= value;
                n_equal += u64::from(*before == value);
            }
            before = Some(value);
        }
        Self {
            ends: first.zip(last()),
            n,
            rises,
            falls,
            n_equal,
        }
    }

    /// The same with other values, which sort in the same way.
    pub(super) fn map<U>(self, of: impl Fn(T) -> U) -> Order<U> {
        Order {
            ends: self.ends.map(|(first, last)| (of(first), of(last))),
            n: self.n,
            rises: self.rises,
            falls: self.falls,
            n_equal: self.n_equal,
        }
    }

    /// Puts the values of the next chunk behind these.
    pub(super) fn append(&mut self, next: Self) {
        let Some((next_first, next_last)) = next.ends else {
            return;
        };
        let Some((first, last)) = self.ends.take() else {
            *self = Self {
                ends: Some((next_first, next_last)),
                ..next
            };
            return;
        };
        self.rises &= next.rises && last <= next_first;
        self.falls &= next.falls && last >= next_first;
        self.n_equal += next.n_equal + u64::from(last == next_first);
        self.n += next.n;
        self.ends = Some((first, next_last));
    }

    pub(super) fn monotonicity(&self) -> Monotonicity {
        if self.n < 2 {
            return Monotonicity::None;
        }
        match (self.rises, self.falls, self.n_equal) {
            (true, true, _) => Monotonicity::Constant,
            (true, false, 0) => Monotonicity::StrictlyIncreasing,
            (true, false, _) => Monotonicity::Increasing,
            (false, true, 0) => Monotonicity::StrictlyDecreasing,
            (false, true, _) => Monotonicity::Decreasing,
            (false, false, _) => Monotonicity::None,
        }
    }

    /// The number of different values, exactly, if they rise or fall.
    pub(super) fn n_distinct(&self) -> Option<u64> {
        (self.rises || self.falls).then_some(self.n - self.n_equal)
    }
}
