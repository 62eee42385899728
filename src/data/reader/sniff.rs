//! The delimiter, decided by how consistently it cuts the first records. Decimal commas and types are left to `infer`.

use super::{Finding, quotes};

/// How a delimited file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The byte between fields; [`NONE`] for a single column.
    pub(super) delimiter: u8,
}

/// Stands for "no delimiter": a control character that texts hardly ever have; one that has it is refused as ragged.
pub(super) const NONE: u8 = 0x1f;

const CANDIDATES: [(u8, &str); 4] = [
    (b',', "comma"),
    (b';', "semicolon"),
    (b'\t', "tab"),
    (b'|', "vertical bar"),
];
const SAMPLE_BYTES: usize = 1 << 18;
const SAMPLE_RECORDS: usize = 1000;

struct Candidate {
    delimiter: u8,
    n_columns: u32,
    /// Share of the sample's records with that many fields, less the share of odd quotes.
    consistency: f64,
    /// Share of the sample's records that contain it at all.
    presence: f64,
}

/// Decides the delimiter from the beginning of the text.
pub(super) fn sniff(text: &str, findings: &mut Vec<Finding>) -> Dialect {
    let sample = sample(text.as_bytes());
    let candidates = CANDIDATES.map(|(delimiter, _)| judge(sample, delimiter));
    let best = candidates
        .iter()
        .filter(|c| c.n_columns >= 2)
        .reduce(|best, c| {
            let better = (c.consistency, c.n_columns) > (best.consistency, best.n_columns);
            if better { c } else { best }
        });
    if let Some(best) = best {
        return Dialect {
            delimiter: best.delimiter,
        };
    }
    for (candidate, (_, title)) in candidates.iter().zip(CANDIDATES) {
        if candidate.presence >= 0.5 {
            findings.push(Finding::of_file(format!(
                "The file was read as a single column although {:.0} % of its first lines contain a {title}; if that \
                 separates columns, the header line needs it too",
                candidate.presence * 100.0
            )));
        }
    }
    Dialect { delimiter: NONE }
}

/// The beginning of the text up to a line end.
fn sample(text: &[u8]) -> &[u8] {
    if text.len() <= SAMPLE_BYTES {
        return text;
    }
    let head = &text[..SAMPLE_BYTES];
    head.iter()
        .rposition(|b| *b == b'\n' || *b == b'\r')
        .map_or(head, |end| &head[..=end])
}

/// The header says how many columns a delimiter makes, except where it has none of it and most of the rows agree on
/// three or more: then it is not a header (a title line, say), which the count of fields will bring to light.
fn judge(sample: &[u8], delimiter: u8) -> Candidate {
    let seen = quotes::scan(sample, delimiter, SAMPLE_RECORDS);
    let n_records = seen.n_fields.len().max(1) as f64;
    let share = |n: u32| seen.n_fields.iter().filter(|f| **f == n).count() as f64 / n_records;
    let in_header = seen.n_fields.first().copied().unwrap_or(0);
    let in_rows = seen.n_fields.last().copied().unwrap_or(0);
    let is_title = in_header == 1 && in_rows >= 3 && share(in_rows) >= 0.7;
    let n_columns = if is_title { in_rows } else { in_header };
    Candidate {
        delimiter,
        n_columns,
        consistency: share(n_columns) - seen.n_stray as f64 / n_records,
        presence: 1.0 - share(1),
    }
}
