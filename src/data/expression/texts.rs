//! Texts: patterns, joining, parts. Positions and lengths count characters.

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

/// Which texts are one of a few. Their first eight bytes and their lengths tell most of them apart.
pub(super) fn are_among(texts: &StringArray, wanted: &[&str]) -> BooleanBuffer {
    let all = texts.value_data();
    let wanted: Vec<(usize, u64, &[u8])> = wanted
        .iter()
        .map(|text| {
            (
                text.len(),
                beginning(text.as_bytes(), 0, text.len()),
                text.as_bytes(),
            )
        })
        .collect();
    let ends = texts.value_offsets();
    BooleanBuffer::collect_bool(texts.len(), |row| {
        let (from, to) = (ends[row] as usize, ends[row + 1] as usize);
        let (n, begins) = (to - from, beginning(all, from, to));
        wanted.iter().any(|(length, beginning, bytes)| {
            *length == n && *beginning == begins && (n <= 8 || all[from..to] == **bytes)
        })
    })
}

/// Which texts begin with another.
fn begin_with(texts: &StringArray, wanted: &str) -> BooleanArray {
    let (all, ends) = (texts.value_data(), texts.value_offsets());
    let (first, rest) = wanted.as_bytes().split_at(wanted.len().min(8));
    let word = beginning(first, 0, first.len());
    let begins = BooleanBuffer::collect_bool(texts.len(), |row| {
        let (from, to) = (ends[row] as usize, ends[row + 1] as usize);
        to - from >= wanted.len()
            && beginning(all, from, from + first.len()) == word
            && (rest.is_empty() || all[from + 8..].starts_with(rest))
    });
    BooleanArray::new(begins, texts.nulls().cloned())
}

/// The first eight bytes of a text that is part of a longer one, with zeros behind them.
#[inline(always)]
fn beginning(all: &[u8], from: usize, to: usize) -> u64 {
    let n = to - from;
    let word = match all.get(from..).and_then(<[u8]>::first_chunk) {
        Some(first) => u64::from_le_bytes(*first),
        None => {
            let rest = &all[from..to];
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(word)
        }
    };
    match n {
        0 => 0,
        1..8 => word & (u64::MAX >> (64 - 8 * n)),
        _ => word,
    }
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
