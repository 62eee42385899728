//! What a column's texts can be read as, in the order of trial, and whether a text fits.

use super::quick;
use crate::data::reader::dates::DateStyle;
use crate::data::reader::value::{self, Moment, NumberStyle};
use crate::domain::reading::ReadOptions;
use crate::domain::schema::ColumnType;

/// One way to read a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// No value at all.
    Blank,
    /// Whole numbers without zeros in front.
    Integer(NumberStyle),
    /// Real numbers.
    Number(NumberStyle),
    /// Truth values.
    Boolean(Words),
    /// Days.
    Date(DateStyle),
    /// Moments, some of them perhaps without a time of day.
    Moment(DateStyle),
    /// Texts.
    Text,
}

/// Which words are truth values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// `true` and `false`.
    Plain,
    /// Also yes and no, on and off, t and f, y and n, 1 and 0, where a person has said that the column holds truth values.
    Stated,
}

impl Reading {
    /// The type of the column.
    pub(super) fn column_type(self) -> ColumnType {
        match self {
            Self::Blank | Self::Text => ColumnType::Text,
            Self::Integer(_) => ColumnType::Integer,
            Self::Number(_) => ColumnType::Number,
            Self::Boolean(_) => ColumnType::Boolean,
            Self::Date(_) => ColumnType::Date,
            Self::Moment(_) => ColumnType::Timestamp,
        }
    }

    /// How its numbers are written, where it has some.
    pub(super) fn number_style(self) -> Option<NumberStyle> {
        match self {
            Self::Integer(style) | Self::Number(style) => Some(style),
            _ => None,
        }
    }

    /// How its days are written, where it has some.
    pub(super) fn date_style(self) -> Option<DateStyle> {
        match self {
            Self::Date(style) | Self::Moment(style) => Some(style),
            _ => None,
        }
    }

    /// The reading that takes the same marks to mean the other thing, where the text may not tell.
    pub(super) fn twin(self, delimiter: u8) -> Option<Self> {
        let number = |style| match style {
            NumberStyle::CommaThousands if delimiter != b',' => Some(NumberStyle::DecimalComma),
            NumberStyle::DecimalComma => Some(NumberStyle::CommaThousands),
            _ => None,
        };
        match self {
            Self::Integer(style) => number(style).map(Self::Number),
            Self::Number(style) => number(style).map(Self::Number),
            Self::Date(style) => style.twin().map(Self::Date),
            Self::Moment(style) => style.twin().map(Self::Moment),
            _ => None,
        }
    }

    /// Whether a value that is not missing can be read so.
    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Blank => false,
            Self::Integer(style) => integer(style, text).is_some(),
            Self::Number(style) => number(style, text).is_some(),
            Self::Boolean(words) => boolean(words, text).is_some(),
            Self::Date(style) => style.date(text).is_some(),
            Self::Moment(style) => moment(style, text).is_some(),
            Self::Text => true,
        }
    }
}

/// All readings of a column in the order of trial; the first that fits all values holds. The last one always fits,
/// unless a person has stated another type.
pub(super) fn in_order(
    stated: Option<ColumnType>,
    options: &ReadOptions,
    delimiter: u8,
) -> Vec<Reading> {
    let styles = number_styles(options, delimiter);
    let integers = || styles.iter().map(|s| Reading::Integer(*s));
    let numbers = || styles.iter().map(|s| Reading::Number(*s));
    let dates = || {
        let wanted = |style: &DateStyle| match (options.date_order, style.order()) {
            (None, _) => true,
            (Some(wanted), order) if style.twin().is_some() || style.is_short() => order == wanted,
            (Some(_), _) => true,
        };
        DateStyle::ALL.into_iter().filter(wanted)
    };
    match stated {
        Some(ColumnType::Integer) => integers().collect(),
        Some(ColumnType::Number) => {
            let marks = if delimiter == b';' {
                [',', '.']
            } else {
                ['.', ',']
            };
            let amount = |decimal| Reading::Number(NumberStyle::Amount { decimal });
            numbers().chain(marks.map(amount)).collect()
        }
        Some(ColumnType::Boolean) => vec![Reading::Boolean(Words::Stated)],
        Some(ColumnType::Text) => vec![Reading::Text],
        Some(ColumnType::Date) => dates().map(Reading::Date).collect(),
        Some(ColumnType::Timestamp) => dates().map(Reading::Moment).collect(),
        None => {
            let mut order = vec![Reading::Blank];
            for style in &styles {
                order.extend([Reading::Integer(*style), Reading::Number(*style)]);
            }
            order.push(Reading::Boolean(Words::Plain));
            order.extend(dates().map(Reading::Date));
            order.extend(dates().map(Reading::Moment));
            order.push(Reading::Text);
            order
        }
    }
}

/// Where both marks of a number fit every value ("1,234"), a semicolon file is taken to have decimal commas and any
/// other one commas between thousands; between commas there are no decimal commas.
fn number_styles(options: &ReadOptions, delimiter: u8) -> Vec<NumberStyle> {
    let stated = match (options.decimal, options.thousands) {
        (None, None) => None,
        (Some('.'), None) => return vec![NumberStyle::Plain],
        (Some(','), None) => return vec![NumberStyle::DecimalComma],
        (Some(decimal), thousands) => Some((decimal, thousands)),
        (None, Some('.')) => Some((',', Some('.'))),
        (None, Some(thousands)) => Some(('.', Some(thousands))),
    };
    if let Some((decimal, thousands)) = stated {
        return vec![NumberStyle::Stated { decimal, thousands }];
    }
    let mut styles = vec![NumberStyle::Plain];
    styles.extend(match delimiter {
        b',' => &[NumberStyle::CommaThousands][..],
        b';' => &[NumberStyle::DecimalComma, NumberStyle::CommaThousands],
        _ => &[NumberStyle::CommaThousands, NumberStyle::DecimalComma],
    });
    styles.extend([
        NumberStyle::ApostropheThousands,
        NumberStyle::BlankThousands { decimal: '.' },
        NumberStyle::BlankThousands { decimal: ',' },
    ]);
    styles
}

/// A whole number of 64 bits; one with a zero in front is an identifier and no number.
#[inline(always)]
pub(super) fn integer(style: NumberStyle, text: &str) -> Option<i64> {
    if let Some(value) = quick::integer(text.as_bytes(), 0, text.len()) {
        return Some(value);
    }
    match style {
        NumberStyle::Plain => value::integer(text).filter(|_| !value::has_leading_zero(text)),
        style => {
            let plain = style.plain(text)?;
            value::integer(&plain).filter(|_| !value::has_leading_zero(&plain))
        }
    }
}

/// A real number; a whole one with a zero in front is an identifier and no number.
#[inline(always)]
pub(super) fn number(style: NumberStyle, text: &str) -> Option<f64> {
    match style {
        NumberStyle::Plain => {
            if let Some((value, _)) = quick::number(text.as_bytes(), 0, text.len()) {
                return Some(value);
            }
            value::number(text).filter(|_| !is_identifier(text))
        }
        style => style.number(text).filter(|_| !is_identifier(text)),
    }
}

/// A whole number that would lose the zeros in front of it.
pub(super) fn is_identifier(text: &str) -> bool {
    value::is_whole(text) && value::has_leading_zero(text)
}

/// A truth value.
pub(super) fn boolean(words: Words, text: &str) -> Option<bool> {
    value::boolean(text).or_else(|| match words {
        Words::Plain => None,
        Words::Stated => match text.to_ascii_lowercase().as_str() {
            "yes" | "y" | "t" | "on" | "ja" | "1" => Some(true),
            "no" | "n" | "f" | "off" | "nein" | "0" => Some(false),
            _ => None,
        },
    })
}

/// A moment, or a day as its midnight.
pub(super) fn moment(style: DateStyle, text: &str) -> Option<Moment> {
    style.moment(text).or_else(|| {
        style.date(text).map(|day| Moment {
            millis: i64::from(day) * 86_400_000,
            has_zone: false,
            is_cut: false,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_in_front_make_identifiers() {
        for (text, whole, real) in [
            ("007", false, false),
            ("-007", false, false),
            ("0", true, true),
            ("-0", true, true),
            ("00.5", false, true),
            ("+7", true, true),
        ] {
            assert_eq!(
                Reading::Integer(NumberStyle::Plain).fits(text),
                whole,
                "{text}"
            );
            assert_eq!(
                Reading::Number(NumberStyle::Plain).fits(text),
                real,
                "{text}"
            );
        }
    }
}
