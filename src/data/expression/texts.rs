//! Texts: patterns, joining, parts. Positions and lengths count characters.

use super::compare::bits_of_pairs;
use super::node::Like;
use super::vector::{Vector, joint_length};
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringArray, StringBuilder,
};
use arrow::buffer::BooleanBuffer;
use arrow::compute::kernels::comparison::{ilike, like as sensitive_like, starts_with as begins};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;
use std::borrow::Cow;
use std::sync::Arc;

/// `text LIKE pattern`.
pub(super) fn like(how: Like, text: &Vector, pattern: &Vector) -> Result<BooleanArray, ArrowError> {
    let patterns = pattern.array().as_string::<i32>();
    if let (Vector::Rows(texts), Vector::One(_)) = (text, pattern)
        && !how.ignores_case
        && patterns.is_valid(0)
        && let Some(wanted) = patterns.value(0).strip_suffix('%')
        && !wanted.contains(['%', '_'])
        && how.escape.is_none_or(|e| !wanted.contains(e))
    {
        return Ok(begin_with(texts.as_string(), wanted));
    }
    let is_needed = patterns
        .iter()
        .flatten()
        .any(|p| p.contains('\\') || how.escape.is_some_and(|e| p.contains(e)));
    let rewritten = if is_needed {
        let array: StringArray = patterns
            .iter()
            .map(|p| p.map(|p| with_backslashes(p, how.escape)))
            .collect();
        pattern.map(Arc::new(array))
    } else {
        pattern.clone()
    };
    if how.ignores_case {
        ilike(text, &rewritten)
    } else {
        sensitive_like(text, &rewritten)
    }
}

/// The same pattern in arrow's way, where a backslash is always the escape character.
fn with_backslashes(pattern: &str, escape: Option<char>) -> String {
    let mut out = String::with_capacity(pattern.len() + 4);
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        if Some(c) == escape {
            let Some(next) = characters.next() else {
                break;
            };
            if matches!(next, '%' | '_' | '\\') {
                out.push('\\');
            }
            out.push(next);
        } else {
            if c == '\\' {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// One text of several vectors' rows.
fn value(vector: &Vector, row: usize) -> Option<&str> {
    let array = vector.array().as_string::<i32>();
    let row = vector.at(row);
    array.is_valid(row).then(|| array.value(row))
}

/// `a || b`.
pub(super) fn concat(a: &Vector, b: &Vector) -> ArrayRef {
    let n = joint_length(&[a, b]);
    let mut builder = StringBuilder::with_capacity(n, n * 8);
    let mut both = String::new();
    for row in 0..n {
        match (value(a, row), value(b, row)) {
            (Some(x), Some(y)) => {
                both.clear();
                both.push_str(x);
                both.push_str(y);
                builder.append_value(&both);
            }
            _ => builder.append_null(),
        }
    }
    Arc::new(builder.finish())
}

/// Each text changed.
pub(super) fn map(texts: &ArrayRef, change: impl for<'a> Fn(&'a str) -> Cow<'a, str>) -> ArrayRef {
    let texts = texts.as_string::<i32>();
    let mut builder = StringBuilder::with_capacity(texts.len(), texts.value_data().len());
    for text in texts {
        builder.append_option(text.map(&change));
    }
    Arc::new(builder.finish())
}

/// Number of characters.
pub(super) fn length(texts: &ArrayRef) -> ArrayRef {
    let texts = texts.as_string::<i32>();
    let ends = texts.value_offsets();
    let (first, last) = (ends[0] as usize, ends[texts.len()] as usize);
    let bytes = &texts.value_data()[first..last];
    let lengths: Vec<i64> = if bytes.is_ascii() {
        let pairs = ends.iter().zip(&ends[1..]);
        pairs.map(|(from, to)| i64::from(to - from)).collect()
    } else {
        // All bytes but those that continue a character.
        let is_start = |byte: &&u8| (**byte as i8) >= -64;
        let count = |pair: &[i32]| {
            let text = &bytes[pair[0] as usize - first..pair[1] as usize - first];
            text.iter().filter(is_start).count() as i64
        };
        ends.windows(2).map(count).collect()
    };
    Arc::new(Int64Array::new(lengths.into(), texts.nulls().cloned()))
}

/// Which texts are one of a few; `None` where these are too many for a small table.
pub(super) fn are_among(texts: &StringArray, wanted: &[&str]) -> Option<BooleanBuffer> {
    let all = texts.value_data();
    let wanted = Few::of(wanted)?;
    Some(each(texts, |from, to| wanted.has(all, from, to)))
}

/// A few texts in a table in which each has a place of its own, so that one look is enough.
struct Few<'a> {
    /// The first eight bytes of a text, and all of it; a text of no length that begins with something is none.
    places: [(u64, &'a [u8]); N_PLACES],
    mixer: u64,
}

const N_PLACES: usize = 64;
/// The odd multiplier of Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, 6.4).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl<'a> Few<'a> {
    /// Tries multipliers until no two texts meet.
    fn of(wanted: &[&'a str]) -> Option<Self> {
        let mixers = (0..64).map(|i| GOLDEN.rotate_left(i) | 1);
        mixers
            .into_iter()
            .find_map(|mixer| Self::with(wanted, mixer))
    }

    fn with(wanted: &[&'a str], mixer: u64) -> Option<Self> {
        let mut few = Self {
            places: [(1, &[]); N_PLACES],
            mixer,
        };
        for text in wanted {
            let bytes = text.as_bytes();
            let word = beginning(bytes, 0, bytes.len());
            let place = &mut few.places[few_place(word, bytes.len(), mixer)];
            let is_free = place.0 == 1 && place.1.is_empty();
            if !is_free && place.1 != bytes {
                return None;
            }
            *place = (word, bytes);
        }
        Some(few)
    }

    #[inline(always)]
    fn has(&self, all: &[u8], from: usize, to: usize) -> bool {
        let (n, word) = (to - from, beginning(all, from, to));
        let (begins, text) = self.places[few_place(word, n, self.mixer)];
        (begins == word) & (text.len() == n) && (n <= 8 || all[from + 8..to] == text[8..])
    }
}

#[inline(always)]
fn few_place(word: u64, length: usize, mixer: u64) -> usize {
    ((word ^ length as u64).wrapping_mul(mixer) >> 58) as usize
}

/// Which texts begin with another.
fn begin_with(texts: &StringArray, wanted: &str) -> BooleanArray {
    let all = texts.value_data();
    let (first, rest) = wanted.as_bytes().split_at(wanted.len().min(8));
    let word = beginning(first, 0, first.len());
    let begins = each(texts, |from, to| {
        to - from >= wanted.len()
            && beginning(all, from, from + first.len()) == word
            && (rest.is_empty() || all[from + 8..].starts_with(rest))
    });
    BooleanArray::new(begins, texts.nulls().cloned())
}

/// What holds of each text, told where it begins and ends.
fn each(texts: &StringArray, holds: impl Fn(usize, usize) -> bool) -> BooleanBuffer {
    let ends = texts.value_offsets();
    bits_of_pairs(&ends[..texts.len()], &ends[1..], |from, to| {
        holds(*from as usize, *to as usize)
    })
}

/// The bytes of a word that belong to a text of so many bytes.
const MASKS: [u64; 9] = {
    let mut masks = [u64::MAX; 9];
    let mut n = 0;
    while n < 8 {
        masks[n] = (1 << (8 * n)) - 1;
        n += 1;
    }
    masks
};

/// The first eight bytes of a text that is part of a longer one, with zeros behind them.
#[inline(always)]
fn beginning(all: &[u8], from: usize, to: usize) -> u64 {
    let word = match all.get(from..).and_then(<[u8]>::first_chunk) {
        Some(first) => u64::from_le_bytes(*first),
        None => {
            let rest = &all[from..to];
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(word)
        }
    };
    word & MASKS[(to - from).min(8)]
}

/// Whether each text begins so.
pub(super) fn starts_with(text: &Vector, beginning: &Vector) -> Result<ArrayRef, ArrowError> {
    if let (Vector::Rows(texts), Vector::One(one)) = (text, beginning)
        && one.is_valid(0)
    {
        let wanted = one.as_string::<i32>().value(0);
        return Ok(Arc::new(begin_with(texts.as_string(), wanted)));
    }
    Ok(Arc::new(begins(text, beginning)?))
}

/// Every occurrence replaced; an empty one is nowhere.
pub(super) fn replace(text: &Vector, what: &Vector, by: &Vector) -> ArrayRef {
    let n = joint_length(&[text, what, by]);
    let mut builder = StringBuilder::new();
    for row in 0..n {
        match (value(text, row), value(what, row), value(by, row)) {
            (Some(t), Some(""), Some(_)) => builder.append_value(t),
            (Some(t), Some(w), Some(b)) => builder.append_value(t.replace(w, b)),
            _ => builder.append_null(),
        }
    }
    Arc::new(builder.finish())
}

/// A part of each text.
pub(super) fn substr(text: &Vector, start: &Vector, length: Option<&Vector>) -> ArrayRef {
    let mut vectors = vec![text, start];
    vectors.extend(length);
    let number = |vector: &Vector, row: usize| {
        let array = vector.array().as_primitive::<Int64Type>();
        let row = vector.at(row);
        array.is_valid(row).then(|| array.value(row))
    };
    let n = joint_length(&vectors);
    let mut builder = StringBuilder::new();
    for row in 0..n {
        let length = match length {
            None => Some(i64::MAX),
            Some(length) => number(length, row),
        };
        match (value(text, row), number(start, row), length) {
            (Some(t), Some(start), Some(length)) => builder.append_value(part(t, start, length)),
            _ => builder.append_null(),
        }
    }
    Arc::new(builder.finish())
}

/// As in DuckDB and SQLite: positions count from 1, negative ones from the end, the place in front of the first counts as
/// a character; a negative length means the characters in front of the start.
fn part(text: &str, start: i64, length: i64) -> &str {
    let size = text.chars().count() as i64;
    let (mut from, mut length) = match start {
        1.. => (start - 1, length),
        0 => (0, if length > 0 { length - 1 } else { length }),
        _ => (size.saturating_add(start), length),
    };
    if start < 0 && from < 0 {
        // What lies in front of the text is cut off, as if it were there.
        if length > 0 {
            length = length.saturating_add(from).max(0);
        }
        from = 0;
    }
    let (from, to) = if length >= 0 {
        (from, from.saturating_add(length).min(size))
    } else {
        (from.saturating_add(length).max(0), from.min(size))
    };
    let byte = |character: i64| {
        text.char_indices()
            .nth(usize::try_from(character).unwrap_or(usize::MAX))
            .map_or(text.len(), |(i, _)| i)
    };
    if to <= from {
        ""
    } else {
        &text[byte(from)..byte(to)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn membership_and_beginnings_are_those_of_comparing_text_by_text() {
        let mut texts: Vec<Option<String>> = vec![None, Some(String::new())];
        let alphabet = [
            "",
            "a",
            "b",
            "\0",
            "ü",
            "north",
            "northern",
            "northerner",
            "northernel",
        ];
        for x in alphabet {
            for y in alphabet {
                texts.push(Some(format!("{x}{y}")));
            }
        }
        let array: StringArray = texts.iter().map(Option::as_deref).collect();
        let lists: [&[&str]; 4] = [
            &["", "a", "ab", "north", "northern", "northerner"],
            &["northernel"],
            &["\0", "a\0", "üü"],
            &[],
        ];
        for (first, length) in [(0, array.len()), (3, 70)] {
            let array = array.slice(first, length);
            for list in lists {
                let found = are_among(&array, list).expect("they are few");
                for (row, text) in array.iter().enumerate() {
                    if let Some(text) = text {
                        assert_eq!(
                            found.value(row),
                            list.contains(&text),
                            "{text:?} in {list:?}"
                        );
                    }
                }
            }
            for wanted in alphabet {
                let found = begin_with(&array, wanted);
                for (row, text) in array.iter().enumerate() {
                    let expected = text.is_some_and(|t| t.starts_with(wanted));
                    let holds = found.is_valid(row) && found.value(row);
                    assert_eq!(holds, expected, "{text:?} begins with {wanted:?}");
                }
            }
        }
    }
}
