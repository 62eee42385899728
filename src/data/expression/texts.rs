//! Texts: patterns, joining, parts. Positions and lengths count characters.

use super::node::Like;
use super::vector::{Vector, joint_length};
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringArray, StringBuilder,
};
use arrow::compute::kernels::comparison::{ilike, like as sensitive_like, starts_with as begins};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;
use std::borrow::Cow;
use std::sync::Arc;

/// `text LIKE pattern`.
pub(super) fn like(how: Like, text: &Vector, pattern: &Vector) -> Result<BooleanArray, ArrowError> {
    let patterns = pattern.array().as_string::<i32>();
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
    let lengths: Int64Array = texts
        .iter()
        .map(|t| {
            t.map(|t| if t.is_ascii() { t.len() } else { t.chars().count() } as i64)
        })
        .collect();
    Arc::new(lengths)
}

/// Whether each text begins so.
pub(super) fn starts_with(text: &Vector, beginning: &Vector) -> Result<ArrayRef, ArrowError> {
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
