//! How a text is cut into records and fields. Finding it out is left to `sniff`, cutting to `split` and `blocks`.

/// Stands for "no delimiter": a control character that texts hardly ever have; one that has it is refused as ragged.
pub(super) const NONE: u8 = 0x1f;

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The byte between fields; [`NONE`] for a single column.
    pub(super) delimiter: u8,
    /// The byte around fields.
    pub(super) quote: Option<u8>,
    /// The byte that makes the one behind it an ordinary one.
    pub(super) escape: Option<u8>,
    /// The byte that begins a line which is left out.
    pub(super) comment: Option<u8>,
    /// Whether several delimiters in a row count as one, as in aligned columns.
    pub(super) collapses: bool,
}

impl Dialect {
    /// Fields between these, in double quotes where need be.
    pub(super) const fn of(delimiter: u8) -> Self {
        Self {
            delimiter,
            quote: Some(b'"'),
            escape: None,
            comment: None,
            collapses: false,
        }
    }

    /// What stands between fields, for people.
    pub(super) fn delimiter_title(self) -> String {
        match self.delimiter {
            b',' => "comma".to_owned(),
            b';' => "semicolon".to_owned(),
            b'\t' => "tab".to_owned(),
            b'|' => "vertical bar".to_owned(),
            b':' => "colon".to_owned(),
            b'^' => "caret".to_owned(),
            b'~' => "tilde".to_owned(),
            b' ' if self.collapses => "run of blanks".to_owned(),
            b' ' => "blank".to_owned(),
            other if other.is_ascii_graphic() => format!("{:?}", char::from(other)),
            other => format!("control character {other:#04x}"),
        }
    }
}
