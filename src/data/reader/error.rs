//! What can be wrong with a file, each with its place and what to do about it.

use super::notes::counted;
use crate::data::memory::Shortage;
use crate::domain::Failure;
use std::io::ErrorKind;

/// A row whose number of fields differs from the header's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// The row; the one below the header is row 1.
    pub row: u64,
    /// Fields that it has.
    pub n_fields: usize,
}

/// Why files could not be found or read. `file` is always the name that messages use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is no such file or folder.
    #[error("There is no file or folder {file}")]
    Missing {
        /// The path.
        file: String,
    },
    /// A folder was given where one file was wanted.
    #[error("{file} is a folder, not a file")]
    IsFolder {
        /// The path.
        file: String,
    },
    /// The operating system refuses.
    #[error("{file} cannot be read: {reason}")]
    Unreadable {
        /// The path.
        file: String,
        /// What the operating system says.
        reason: String,
    },
    /// No file was named at all.
    #[error("No file was named")]
    NoPatterns,
    /// A folder or wildcard has no data files.
    #[error("{pattern} matches no data files")]
    NothingFound {
        /// The folder or wildcard.
        pattern: String,
    },
    /// A wildcard in the name of a folder.
    #[error("{pattern} has a * in the name of a folder")]
    WildcardInFolder {
        /// The pattern.
        pattern: String,
    },
    /// The same file twice.
    #[error("{n} of the files are named more than once", n = files.len())]
    Duplicates {
        /// The files that are named again.
        files: Vec<String>,
    },
    /// A known format that this reader does not read.
    #[error("{file} is {what}, which cannot be read")]
    Unsupported {
        /// The file.
        file: String,
        /// What it is.
        what: String,
    },
    /// Nothing in it.
    #[error("{file} is empty")]
    Empty {
        /// The file.
        file: String,
    },
    /// Names, and no rows.
    #[error("{file} has a header of {n_columns} columns and no rows")]
    NoRows {
        /// The file.
        file: String,
        /// Columns of the header.
        n_columns: usize,
    },
    /// NUL characters: not a text, or UTF-16 without its mark.
    #[error("{file} has {count} NUL characters, the first at byte {position} (line {line})")]
    NulBytes {
        /// The file.
        file: String,
        /// How many.
        count: usize,
        /// Position of the first one, counted from 0.
        position: usize,
        /// Its line, counted from 1.
        line: u64,
        /// Whether it looks like UTF-16.
        looks_like_utf16: bool,
    },
    /// A quoted field without end.
    #[error("{file}: the quote that opens on line {line} is never closed")]
    UnclosedQuote {
        /// The file.
        file: String,
        /// The line on which it opens, counted from 1.
        line: u64,
    },
    /// A quoted field over several lines with text right behind it: most often an unclosed quote.
    #[error(
        "{file}: the quote that opens on line {opened} swallows lines and ends inside a value on line {closed}"
    )]
    StrayQuote {
        /// The file.
        file: String,
        /// The line on which it opens, counted from 1.
        opened: u64,
        /// The line on which it closes.
        closed: u64,
    },
    /// Rows with more or fewer fields than the header.
    #[error(
        "{file}: {} fields than the {expected} of the header", uneven(*n_short, *n_long)
    )]
    Ragged {
        /// The file.
        file: String,
        /// Fields of the header.
        expected: usize,
        /// Rows in all.
        n_rows: usize,
        /// Rows with fewer fields.
        n_short: usize,
        /// Rows with more fields.
        n_long: usize,
        /// The first of these rows.
        first: Vec<RowProblem>,
        /// How the last row begins, where it is the only one.
        footer: Option<String>,
    },
    /// More than a column or record can hold.
    #[error("{file}: {what} is too large")]
    TooLarge {
        /// The file.
        file: String,
        /// What is too large.
        what: String,
    },
    /// The rows do not fit into memory.
    #[error("The rows do not fit into memory: {0}")]
    Memory(#[from] Shortage),
    /// An option that cannot be followed.
    #[error("{option} cannot be {value}: {reason}")]
    Option {
        /// The option, as pipeline.toml calls it.
        option: &'static str,
        /// What was given.
        value: String,
        /// Why not.
        reason: String,
    },
    /// A binary file that is cut off or altered.
    #[error("{file} is not a whole {what}: {reason}")]
    Damaged {
        /// The file.
        file: String,
        /// What it should be.
        what: &'static str,
        /// What is wrong, in the words of whoever decodes it.
        reason: String,
    },
    /// A line that is not JSON, or not an object.
    #[error("{file}, line {line}: {reason}")]
    Json {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Several tables or sheets, and none or an unknown one was chosen.
    #[error("{file} has {n} {what}: {reason}", n = names.len())]
    ChooseTable {
        /// The file.
        file: String,
        /// "tables" or "sheets".
        what: &'static str,
        /// Why the choice is open.
        reason: String,
        /// All of them.
        names: Vec<String>,
    },
    /// The person asked to stop.
    #[error("Stopped on request")]
    Stopped,
}

impl ReadError {
    /// What the operating system said about a file.
    #[must_use]
    pub fn of_io(file: &str, error: &std::io::Error) -> Self {
        // A stream that unpacks an archive knows better what is wrong.
        if let Some(known) = error.get_ref().and_then(|e| e.downcast_ref::<Self>()) {
            return known.clone();
        }
        let file = file.to_owned();
        match error.kind() {
            ErrorKind::NotFound => Self::Missing { file },
            ErrorKind::IsADirectory => Self::IsFolder { file },
            _ => Self::Unreadable {
                file,
                reason: error.to_string(),
            },
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let text = error.to_string();
        match error {
            ReadError::Stopped => Self::interrupted(),
            ReadError::Missing { .. } => Self::not_found(text)
                .hint("Check the path; relative paths begin at the workspace's folder."),
            ReadError::NothingFound { .. } => Self::not_found(text)
                .hint("Put data files there (.csv, .tsv, .txt, .jsonl, .parquet, .arrow, .feather, .xlsx, .ods, .csv.gz …), or \
                       name another place."),
            ReadError::Option { .. } => Self::usage(text).hint("Leave it out, and it is guessed."),
            ReadError::NoPatterns => Self::usage(text)
                .hint("Name at least one file, folder or pattern such as data/*.csv."),
            ReadError::WildcardInFolder { .. } => {
                Self::usage(text).hint("Use * in the file name only, as in data/*.csv.")
            }
            ReadError::IsFolder { .. } => Self::usage(text).hint("Name one file inside it."),
            ReadError::Duplicates { files } => files
                .into_iter()
                .fold(Self::usage(text), Self::detail)
                .hint("Name every file once: rows that are read twice would count twice."),
            ReadError::Unreadable { .. } => Self::bad_data(text)
                .hint("Check that you may read it, and that no other program has it locked."),
            ReadError::Unsupported { .. } => {
                Self::bad_data(text).hint("Export it as CSV (UTF-8) and read that.")
            }
            ReadError::Empty { .. } | ReadError::NoRows { .. } => Self::bad_data(text)
                .hint("Check that the export finished: a header and rows are needed."),
            ReadError::NulBytes {
                looks_like_utf16, ..
            } => Self::bad_data(text).hint(if looks_like_utf16 {
                "It looks like UTF-16 without a byte order mark: save it as UTF-8."
            } else {
                "It is not a text file, or it is damaged: export it again as CSV (UTF-8)."
            }),
            ReadError::UnclosedQuote { line, .. } => Self::bad_data(text).hint(format!(
                "Close the quote on line {line}, or write \"\" for a quote inside a quoted field."
            )),
            ReadError::StrayQuote { opened, .. } => Self::bad_data(text).hint(format!(
                "Close the quote on line {opened}, or write \"\" for a quote inside a quoted field."
            )),
            ReadError::Ragged {
                expected,
                n_rows,
                first,
                footer,
                ..
            } => {
                let failure = ragged(text, expected, n_rows, &first);
                match footer {
                    None => failure,
                    Some(begins) => failure.hint(format!(
                        "The last line, {begins:?}, looks like a footer: take it out of the file."
                    )),
                }
            }
            ReadError::Damaged { .. } => Self::bad_data(text)
                .hint("It is cut off, altered or of another kind: copy or export it again."),
            ReadError::Json { .. } => Self::bad_data(text).hint(
                "Each line must be one JSON object, such as {\"a\": 1}; a file may also be one array of objects.",
            ),
            ReadError::ChooseTable { names, .. } => names
                .into_iter()
                .fold(Self::usage(text), Self::detail)
                .hint("Choose one of them by its name, with --table NAME or `table` in pipeline.toml."),
            ReadError::Memory(shortage) => shortage.into(),
            ReadError::TooLarge { .. } => {
                Self::bad_data(text).hint("Split the file into several smaller ones.")
            }
        }
    }
}

/// `2 rows have fewer and 1 row has more`.
fn uneven(n_short: usize, n_long: usize) -> String {
    let have = |n: usize, what: &str| {
        let have = counted(n as u64, "row has", "rows have");
        format!("{have} {what}")
    };
    match (n_short, n_long) {
        (0, n) => have(n, "more"),
        (n, 0) => have(n, "fewer"),
        (short, long) => format!("{} and {}", have(short, "fewer"), have(long, "more")),
    }
}

fn ragged(text: String, expected: usize, n_rows: usize, first: &[RowProblem]) -> Failure {
    let all_one_more = first.len() == n_rows.min(records_listed())
        && first.iter().all(|p| p.n_fields == expected + 1);
    let failure = first.iter().fold(Failure::bad_data(text), |failure, p| {
        failure.detail(format!(
            "line {} (row {}): {} fields instead of {expected}",
            p.line, p.row, p.n_fields
        ))
    });
    if all_one_more {
        return failure.hint(
            "Every row seems to have one field more: name the extra column in the header, or remove the delimiter \
             at the end of the rows.",
        );
    }
    failure.hint(
        "Look at these lines: a delimiter inside a value needs quotes around the value, and a missing value still \
         needs its delimiter.",
    )
}

const fn records_listed() -> usize {
    super::delimited::N_LISTED
}
