//! The pattern of a text: which kinds of characters stand where. Counting patterns is here too; which texts take part is
//! left to `texts`.

use super::top::Top;
use crate::domain::statistics::{MAX_PATTERN_LENGTH, TopValue};
use std::collections::HashMap;

/// Different patterns that are counted; texts with further ones are only counted as such.
const MAX_PATTERNS: usize = 4096;
/// Patterns that are listed.
const N_LISTED: u32 = 10;

/// Writes the pattern of a text: `A` for a capital letter, `a` for any other letter, `9` for a digit, everything else
/// as it is.
pub(super) fn write_pattern(pattern: &mut String, text: &str) {
    for (i, c) in text.chars().enumerate() {
        if i == MAX_PATTERN_LENGTH {
            pattern.push('…');
            return;
        }
        pattern.push(match c {
            '0'..='9' => '9',
            'A'..='Z' => 'A',
            'a'..='z' => 'a',
            c if c.is_ascii() => c,
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => 'a',
            c if c.is_numeric() => '9',
            c => c,
        });
    }
}

/// Patterns with the number of rows that have them.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    counts: HashMap<String, u64>,
    scratch: String,
    n_left_out: u64,
}

impl Patterns {
    pub(super) fn add(&mut self, text: &str, count: u64) {
        self.scratch.clear();
        write_pattern(&mut self.scratch, text);
        if let Some(held) = self.counts.get_mut(&self.scratch) {
            *held += count;
        } else if self.counts.len() < MAX_PATTERNS {
            self.counts.insert(self.scratch.clone(), count);
        } else {
            self.n_left_out += count;
        }
    }

    /// Rows whose pattern was not counted.
    pub(super) fn n_left_out(&self) -> u64 {
        self.n_left_out
    }

    /// The most frequent patterns; hash order does not matter, because the list has an order of its own.
    pub(super) fn top(&self) -> Vec<TopValue> {
        let mut top = Top::new(N_LISTED);
        for (pattern, count) in &self.counts {
            top.offer(*count, |text| text.push_str(pattern));
        }
        top.into_values()
    }
}
