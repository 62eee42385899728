//! Texts that were cut off or altered: an error with its place, or a schema, and never a panic.

use super::super::{InterchangeError, export, format_of, import};
use super::{Chance, random};
use crate::domain::interchange::SchemaFormat;
use rand::Rng;

/// How an import ends: true for an error with its place.
fn is_refused(text: &str, format: SchemaFormat) -> bool {
    match import(text, format) {
        Ok(_) => false,
        Err(InterchangeError::At { line, column, .. }) => {
            let n_lines = text.split('\n').count();
            assert!(line >= 1 && line <= n_lines, "line {line} of {n_lines}");
            // serde_json counts a break before any character as column 0.
            assert!(column >= 1 || format == SchemaFormat::Frictionless);
            true
        }
        Err(InterchangeError::Field { path, .. }) => {
            assert!(format == SchemaFormat::Frictionless && !path.is_empty());
            true
        }
    }
}

#[test]
fn cut_off_texts_are_refused_with_the_place() {
    for format in [SchemaFormat::Tfdv, SchemaFormat::Frictionless] {
        for seed in 0..5 {
            let text = export(&random(seed), format).text;
            let cuts = text.char_indices().map(|(i, _)| i);
            let n_refused = cuts.filter(|i| is_refused(&text[..*i], format)).count();
            // A text format ends well between two features.
            assert!(
                n_refused * 10 > text.chars().count() * 8,
                "{format:?} {n_refused}"
            );
        }
    }
}

#[test]
fn altered_bytes_do_no_harm() {
    let mut chance = Chance::new(7);
    let mut n_refused = 0;
    for format in [SchemaFormat::Tfdv, SchemaFormat::Frictionless] {
        for round in 0..6_000 {
            let mut bytes = export(&random(round % 40), format).text.into_bytes();
            for _ in 0..chance.0.gen_range(1..4) {
                let at = chance.0.gen_range(0..bytes.len());
                match chance.0.gen_range(0..3) {
                    0 => bytes[at] = chance.0.r#gen(),
                    1 => _ = bytes.remove(at),
                    _ => bytes.insert(at, chance.of(b"{}<>[]\"'\\#:,;-0x9.eE")),
                }
            }
            let text = String::from_utf8_lossy(&bytes);
            n_refused += usize::from(is_refused(&text, format));
            let _format = format_of(&text);
        }
    }
    assert!(n_refused > 4_000, "{n_refused}");
}

#[test]
fn deep_nesting_is_refused() {
    let text = "a {".repeat(100_000);
    assert!(is_refused(&text, SchemaFormat::Tfdv));
    assert!(is_refused(&"[".repeat(100_000), SchemaFormat::Frictionless));
}
