//! The most frequent values: a short list that is kept in order while values are offered. Counting the values is left
//! to the kernels.

use crate::domain::statistics::TopValue;

/// The `capacity` most frequent of the offered values, most frequent first, ties in byte order of the text. The result
/// does not depend on the order of the offers.
pub(super) struct Top {
    capacity: usize,
    values: Vec<TopValue>,
    scratch: String,
}

impl Top {
    pub(super) fn new(capacity: u32) -> Self {
        Self {
            capacity: capacity as usize,
            values: Vec::new(),
            scratch: String::new(),
        }
    }

    /// Offers a value; `write` puts its text into an empty buffer and is called only if the value may stay.
    pub(super) fn offer(&mut self, count: u64, write: impl FnOnce(&mut String)) {
        let last_count = self.values.last().map_or(0, |v| v.count);
        let is_full = self.values.len() >= self.capacity;
        if self.capacity == 0 || (is_full && count < last_count) {
            return;
        }
        self.scratch.clear();
        write(&mut self.scratch);
        let position = self.values.partition_point(|v| {
            v.count > count || (v.count == count && v.value.as_str() < self.scratch.as_str())
        });
        self.insert(position, count);
    }

    pub(super) fn into_values(self) -> Vec<TopValue> {
        self.values
    }

    fn insert(&mut self, position: usize, count: u64) {
        if position >= self.capacity {
            return;
        }
        if self.values.len() >= self.capacity {
            self.values.pop();
        }
        let value = self.scratch.clone();
        self.values.insert(position, TopValue { value, count });
    }
}
