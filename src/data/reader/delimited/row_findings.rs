//! What a person should know of the rows: which were repaired, left out or kept although they look odd, in words, with row
//! and line numbers. Columns are left to `findings`.

use super::block::Places;
use super::dialect::NONE;
use super::evidence::shorten;
use super::layout::Layout;
use super::pass::Totals;
use crate::data::reader::notes::counted;
use crate::domain::dataset::Finding;

/// First words of a last row that sums up the others.
const FOOTERS: [&str; 6] = ["total", "grand total", "sum", "totals", "summe", "gesamt"];

/// What was repaired or left out between the rows, after all of them; a header has `n_stated` fields.
pub(super) fn of_rows(layout: &Layout, totals: &Totals, n_stated: usize) -> Vec<Finding> {
    let found = [
        ragged(totals, n_stated),
        repeated_headers(totals),
        blank_lines(layout, totals),
        comments(layout, totals),
        empty_rows(totals),
        stray_quotes(totals),
        damaged(totals),
        footer(totals),
    ];
    found.into_iter().flatten().collect()
}

fn finding(row: Option<u64>, message: String) -> Finding {
    Finding {
        row,
        column: None,
        message,
        strays: Vec::new(),
    }
}

fn ragged(totals: &Totals, n_stated: usize) -> Option<Finding> {
    let n = totals.n_short + totals.n_long;
    let rows = totals.ragged.iter().map(|problem| problem.row);
    (n > 0).then(|| {
        finding(
            totals.ragged.first().map(|problem| problem.row),
            format!(
                "{} fewer and {} more fields than the {n_stated} of the header; missing fields became missing values, \
                 fields too many columns of their own: rows {}",
                have(totals.n_short),
                have(totals.n_long),
                listed(rows, n)
            ),
        )
    })
}

fn repeated_headers(totals: &Totals) -> Option<Finding> {
    let n = totals.n_repeated;
    let lines = totals.repeated.iter().map(|(_, line)| *line);
    totals.repeated.first().map(|(row, _)| {
        let how_often = match n {
            1 => "once".to_owned(),
            n => format!("{n} times"),
        };
        finding(
            Some(row + 1),
            format!(
                "The header is repeated {how_often} and was left out there: {} {}",
                if n == 1 { "line" } else { "lines" },
                listed(lines, n)
            ),
        )
    })
}

fn blank_lines(layout: &Layout, totals: &Totals) -> Option<Finding> {
    let blank = &totals.blank;
    let hint = match layout.dialect.delimiter {
        NONE => "; where a value is missing, write NA",
        _ => "",
    };
    (blank.n > 0).then(|| {
        let were = were(blank.n, "blank line", "blank lines");
        finding(None, format!("{were} left out: {}{hint}", of_lines(blank)))
    })
}

fn comments(layout: &Layout, totals: &Totals) -> Option<Finding> {
    let mut comments = layout.comments_above.clone();
    comments.merge(totals.comments.clone(), 0);
    (comments.n > 0).then(|| {
        let were = were(comments.n, "line", "lines");
        let lines = of_lines(&comments);
        finding(
            None,
            format!("{were} taken as comments and left out: {lines}"),
        )
    })
}

fn empty_rows(totals: &Totals) -> Option<Finding> {
    let empty = &totals.empty;
    (empty.n > 0).then(|| {
        finding(
            empty.first.first().map(|row| row + 1),
            format!(
                "{} no value at all and {} kept: {} {}",
                have(empty.n),
                if empty.n == 1 { "was" } else { "were" },
                if empty.n == 1 { "row" } else { "rows" },
                empty.list()
            ),
        )
    })
}

fn stray_quotes(totals: &Totals) -> Option<Finding> {
    totals.stray_line.map(|line| {
        let have = counted(totals.n_stray, "quoted value has", "quoted values have");
        finding(
            None,
            format!(
                "{have} text behind the closing quote, first on line {line}; quotes and text were joined"
            ),
        )
    })
}

fn damaged(totals: &Totals) -> Option<Finding> {
    let message = "Some characters are damaged; each was replaced by \u{fffd}";
    totals.is_damaged.then(|| finding(None, message.to_owned()))
}

fn footer(totals: &Totals) -> Option<Finding> {
    let last = totals.last.trim();
    let lower = last.to_lowercase();
    let begins = |word: &&str| lower == **word || lower.starts_with(&format!("{word}:"));
    (totals.n_rows > 1 && FOOTERS.iter().any(begins)).then(|| {
        finding(
            Some(totals.n_rows),
            format!(
                "The last row begins with {:?}: it may be a footer and no row of the table",
                shorten(last)
            ),
        )
    })
}

fn have(n: u64) -> String {
    counted(n, "row has", "rows have")
}

/// `1 line was`, `2 lines were`.
fn were(n: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        counted(n, one, many),
        if n == 1 { "was" } else { "were" }
    )
}

fn of_lines(places: &Places) -> String {
    let word = if places.n == 1 { "line" } else { "lines" };
    format!("{word} {}", places.list())
}

/// `3, 5 and 7 more`: the first places of `n`.
pub(super) fn listed(first: impl Iterator<Item = u64>, n: u64) -> String {
    let shown: Vec<String> = first.map(|place| place.to_string()).collect();
    match n as usize - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
