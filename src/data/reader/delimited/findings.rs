//! What a person should know of a column: in words, with rows.

use super::column::{Doubt, Nearly, Plan};
use super::evidence::{Examples, Seen, shorten};
use super::reading::Reading;
use super::rows::Nulls;
use crate::data::reader::notes::{counted, values};
use crate::data::reader::value::NumberStyle;
use crate::domain::dataset::Finding;
use crate::domain::reading::DateOrder;
use crate::domain::schema::ColumnType;

/// Share of values from which on a column of texts counts as something else with strays.
const MOSTLY: f64 = 0.5;

/// What was guessed or repaired in a column, after all rows.
pub(super) fn of_column(plan: &Plan, seen: &Seen, nulls: &Nulls, is_whole: bool) -> Vec<Finding> {
    let mut notes = Notes {
        name: &plan.name,
        findings: Vec::new(),
    };
    let mut words = seen.words.clone();
    words.sort_by(|a, b| nulls.tokens()[a.token].cmp(&nulls.tokens()[b.token]));
    for word in words {
        let token = &nulls.tokens()[word.token];
        let message = format!("{token:?} was read as missing in {}", rows(word.n));
        notes.add(Some(word.row), message);
    }
    if seen.n_values == 0 {
        if is_whole && !plan.is_stated {
            notes.add(None, "All values are missing; the column is read as text");
        }
        return notes.findings;
    }
    if plan.is_stated && seen.misfits.n > 0 {
        let kind = kind_title(plan.reading());
        let message = format!(
            "{} cannot be read as {kind} and {} taken as missing: {}",
            values(seen.misfits.n),
            if seen.misfits.n == 1 { "was" } else { "were" },
            seen.misfits.list()
        );
        notes.add(seen.misfits.row(), message);
    }
    match plan.reading() {
        Reading::Integer(style) | Reading::Number(style) => notes.number(style, seen),
        Reading::Date(_) | Reading::Moment(_) => notes.moment(plan, seen),
        Reading::Text => notes.text(plan, seen),
        Reading::Blank | Reading::Boolean(_) => {}
    }
    notes.findings
}

struct Notes<'a> {
    name: &'a str,
    findings: Vec<Finding>,
}

impl Notes<'_> {
    fn add(&mut self, row: Option<u64>, message: impl Into<String>) {
        let position = row.map(|row| row as usize);
        self.findings
            .push(Finding::of_column(self.name, position, message));
    }

    fn number(&mut self, style: NumberStyle, seen: &Seen) {
        let how = match style {
            NumberStyle::Plain | NumberStyle::Stated { .. } => return,
            NumberStyle::CommaThousands => "commas between thousands",
            NumberStyle::DecimalComma => "a decimal comma",
            NumberStyle::BlankThousands { decimal: ',' } => {
                "blanks between thousands and a decimal comma"
            }
            NumberStyle::BlankThousands { .. } => "blanks between thousands",
            NumberStyle::ApostropheThousands => "apostrophes between thousands",
            NumberStyle::Amount { .. } => {
                "a sign of currency or a percent sign, which was left out"
            }
        };
        let Some((row, text)) = seen.styled.shown.first() else {
            return;
        };
        self.add(
            Some(*row),
            format!(
                "The numbers are written with {how}, in {}",
                rows(seen.styled.n)
            ),
        );
        if seen.twin_fits {
            let plain = style.plain(text).unwrap_or_default();
            self.add(
                Some(*row),
                format!("It is not certain what the comma means: {text:?} was read as {plain}"),
            );
        }
    }

    fn moment(&mut self, plan: &Plan, seen: &Seen) {
        let Some(style) = plan.reading().date_style() else {
            return;
        };
        if style.is_short() {
            self.add(
                None,
                "The years have two digits: 00 to 68 were read as 2000 to 2068, 69 to 99 as 1969 to 1999",
            );
        }
        let order = match style.order() {
            DateOrder::YearMonthDay => "",
            DateOrder::DayMonthYear => "The day comes first in these dates",
            DateOrder::MonthDayYear => "The month comes first in these dates",
        };
        if style.twin().is_some() && seen.twin_differs {
            self.add(None, order);
        }
        if let Some(row) = seen.shifted {
            self.add(Some(row), "Moments with a time zone were converted to UTC");
        }
        if let Some(row) = seen.cut {
            self.add(Some(row), "Fractions finer than a millisecond were cut");
        }
    }

    /// Says why a column that looks like something else is text.
    fn text(&mut self, plan: &Plan, seen: &Seen) {
        match plan.doubt {
            Some(Doubt::DayOrMonth) => {
                return self.add(
                    Some(0),
                    "No value tells whether the day or the month comes first; the column is kept as text. Settle the \
                     order of dates, or write them as 2013-01-31",
                );
            }
            Some(Doubt::MixedZones(row)) => {
                return self.add(
                    Some(row),
                    "Some moments have a time zone and others have none; the column is read as text",
                );
            }
            None => {}
        }
        let Some(nearly) = plan.nearly() else {
            return;
        };
        if seen.strays.n == 0 {
            match nearly {
                Nearly::Whole => self.whole(seen),
                Nearly::Amount => self.add(
                    None,
                    format!(
                        "All values are amounts with a sign and kept as text, so that no unit is lost; as \
                         a number (--type {:?}) the signs are left out",
                        format!("{}=number", self.name)
                    ),
                ),
                Nearly::YesOrNo => self.add(
                    None,
                    format!(
                        "All values are words such as yes and no and kept as text; as a boolean (--type {:?}) they \
                         are true and false",
                        format!("{}=boolean", self.name)
                    ),
                ),
                Nearly::Read(_) => {}
            }
            return;
        }
        let n_fitting = seen.n_values - seen.strays.n;
        if (n_fitting as f64) < MOSTLY * seen.n_values as f64 {
            return;
        }
        let kind = match nearly {
            Nearly::Whole => "numbers",
            Nearly::Amount => "amounts with a sign",
            Nearly::YesOrNo => "words such as yes and no",
            Nearly::Read(reading) => match reading.column_type() {
                ColumnType::Integer | ColumnType::Number => "numbers",
                ColumnType::Boolean => "truth values",
                ColumnType::Date => "dates",
                ColumnType::Timestamp => "moments",
                ColumnType::Text => return,
            },
        };
        let message = format!(
            "{n_fitting} of {} values are {kind}, {} not: {}; the column is kept as text",
            seen.n_values,
            counted(seen.strays.n, "is", "are"),
            seen.strays.list(),
        );
        self.add(seen.strays.row(), message);
        if let Some(finding) = self.findings.last_mut() {
            finding.strays = seen.strays.few();
        }
    }

    fn whole(&mut self, seen: &Seen) {
        let shown = |examples: &Examples| examples.shown.first().cloned();
        if let Some((row, text)) = shown(&seen.zero_led) {
            let message = format!(
                "{:?} begins with a zero: the numbers are identifiers and kept as text",
                shorten(&text)
            );
            self.add(Some(row), message);
        } else if let Some((row, text)) = shown(&seen.too_long) {
            let message = format!(
                "{:?} has more digits than a whole number of 64 bits can hold; the column is kept as text so that no \
                 digit is lost",
                shorten(&text)
            );
            self.add(Some(row), message);
        }
    }
}

fn kind_title(reading: Reading) -> &'static str {
    match reading.column_type() {
        ColumnType::Integer => "a whole number",
        ColumnType::Number => "a number",
        ColumnType::Boolean => "true or false",
        ColumnType::Date => "a date",
        ColumnType::Timestamp => "a moment",
        ColumnType::Text => "text",
    }
}

fn rows(n: u64) -> String {
    counted(n, "row", "rows")
}
