//! The only place that prints. Data go to stdout, talk to stderr; colours and progress bars only on a terminal.
#![expect(clippy::print_stderr, reason = "this is where printing belongs")]

use crate::domain::Failure;
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    has_colour: bool,
    is_terminal: bool,
}

/// A colour for a verdict or state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Good.
    Green,
    /// Look here.
    Yellow,
    /// Bad.
    Red,
    /// Less important.
    Grey,
}

impl Output {
    /// As stderr and the environment allow (NO_COLOR, <https://no-color.org>).
    #[must_use]
    pub fn of_process() -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        Self {
            has_colour: is_terminal && !no_colour,
            is_terminal,
        }
    }

    /// Whether a person watches.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        self.is_terminal
    }

    /// Data: a line on stdout. A reader that has gone away (`| head`) ends the program quietly.
    pub fn data(self, line: &str) {
        let mut out = std::io::stdout().lock();
        if writeln!(out, "{line}").is_err() {
            std::process::exit(0);
        }
    }

    /// Data as one JSON document.
    pub fn json(self, value: &impl Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.data(&text),
            Err(e) => self.talk(&format!("The answer cannot be written as JSON: {e}")),
        }
    }

    /// Data as one line of JSON.
    pub fn json_line(self, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(text) => self.data(&text),
            Err(e) => self.talk(&format!("The event cannot be written as JSON: {e}")),
        }
    }

    /// Text that stands on stdout as it is.
    pub fn raw(self, text: &str) {
        let mut out = std::io::stdout().lock();
        if out
            .write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .is_err()
        {
            std::process::exit(0);
        }
    }

    /// Talk: a line on stderr.
    pub fn talk(self, line: &str) {
        eprintln!("{line}");
    }

    /// What happened, where, and what to do.
    pub fn failure(self, failure: &Failure) {
        eprintln!("{} {}", self.paint("error", Colour::Red), failure.summary);
        for detail in &failure.details {
            eprintln!("  {detail}");
        }
        for hint in &failure.hints {
            eprintln!("{} {hint}", self.paint("  →", Colour::Grey));
        }
    }

    /// A word in a colour, where colours are wanted.
    #[must_use]
    pub fn paint(self, word: &str, colour: Colour) -> String {
        if !self.has_colour {
            return word.to_owned();
        }
        let code = match colour {
            Colour::Green => 32,
            Colour::Yellow => 33,
            Colour::Red => 31,
            Colour::Grey => 90,
        };
        format!("\x1b[{code}m{word}\x1b[0m")
    }

    /// A table: the first column left, the others as `right` says.
    pub fn table(self, header: &[&str], right: &[bool], rows: &[Vec<String>]) {
        let mut widths: Vec<usize> = header.iter().map(|h| h.chars().count()).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let line = |cells: &[String]| {
            let parts: Vec<String> = cells
                .iter()
                .enumerate()
                .map(|(i, cell)| {
                    let pad = " ".repeat(widths[i].saturating_sub(cell.chars().count()));
                    if right.get(i).copied().unwrap_or(false) {
                        format!("{pad}{cell}")
                    } else {
                        format!("{cell}{pad}")
                    }
                })
                .collect();
            parts.join("  ").trim_end().to_owned()
        };
        let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
        self.data(&line(&header));
        for row in rows {
            self.data(&line(row));
        }
    }
}

/// A number with four significant digits, or a dash.
#[must_use]
pub fn number(value: Option<f64>) -> String {
    let Some(v) = value else {
        return "–".to_owned();
    };
    if !v.is_finite() {
        return v.to_string();
    }
    if v == 0.0 {
        return "0".to_owned();
    }
    let magnitude = v.abs().log10().floor() as i32;
    if !(-5..7).contains(&magnitude) {
        return format!("{v:.3e}");
    }
    let decimals = usize::try_from(3 - magnitude).unwrap_or(0);
    format!("{v:.decimals$}")
}

/// Milliseconds since 1970 in local time, to the second.
#[must_use]
pub fn local_time(millis: i64) -> String {
    chrono::DateTime::from_timestamp_millis(millis).map_or_else(String::new, |t| {
        t.with_timezone(&chrono::Local)
            .format("%Y-%m-%d %H:%M:%S")
            .to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_have_four_significant_digits() {
        let cases = [
            (0.123_456, "0.1235"),
            (12.345_6, "12.35"),
            (1234.56, "1235"),
            (123_456.0, "123456"),
            (-0.000_123_4, "-0.0001234"),
            (0.0, "0"),
            (1e9, "1.000e9"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(Some(value)), expected);
        }
        assert_eq!(number(None), "–");
    }
}
