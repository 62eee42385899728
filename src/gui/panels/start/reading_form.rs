//! How a file is read, as a form: everything that the reader guessed, each to be settled otherwise. A change is read again
//! at once by whoever owns the options; guessing and reading are left to the engine.

use crate::domain::reading::{DateOrder, Header, Quote, Ragged, ReadOptions};
use crate::domain::schema::ColumnType;
use crate::gui::theme::{Tokens, Type, space};
use crate::gui::widgets::button::Button;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::side;
use eframe::egui::{self, Response, Ui, vec2};

/// What is typed and chosen, beside the options themselves.
#[derive(Debug, Default)]
pub(super) struct ReadingForm {
    tokens: String,
    table: String,
    column: usize,
}

const ENCODINGS: [&str; 8] = [
    "utf-8",
    "windows-1252",
    "iso-8859-15",
    "utf-16le",
    "utf-16be",
    "windows-1250",
    "windows-1251",
    "shift_jis",
];

const DELIMITERS: [(char, &str); 5] = [
    (',', "comma"),
    (';', "semicolon"),
    ('\t', "tab"),
    ('|', "bar"),
    (' ', "blank"),
];

const QUOTES: [(Quote, &str); 3] = [
    (Quote::Double, "double (\")"),
    (Quote::Single, "single (')"),
    (Quote::None, "none"),
];

const HEADERS: [(Header, &str); 2] = [
    (Header::Present, "the first line"),
    (Header::Absent, "none: it is data"),
];

const DECIMALS: [(char, &str); 2] = [('.', "point"), (',', "comma")];

const THOUSANDS: [(char, &str); 5] = [
    (',', "comma"),
    ('.', "point"),
    (' ', "blank"),
    ('\'', "apostrophe"),
    ('_', "underscore"),
];

const DATES: [(DateOrder, &str); 3] = [
    (DateOrder::YearMonthDay, "year, month, day"),
    (DateOrder::DayMonthYear, "day, month, year"),
    (DateOrder::MonthDayYear, "month, day, year"),
];

const RAGGED: [(Ragged, &str); 2] = [
    (Ragged::Refuse, "refuse the file"),
    (Ragged::Pad, "fill up, and say so"),
];

const TYPES: [ColumnType; 6] = [
    ColumnType::Integer,
    ColumnType::Number,
    ColumnType::Boolean,
    ColumnType::Text,
    ColumnType::Date,
    ColumnType::Timestamp,
];

impl ReadingForm {
    /// Shows words that were settled elsewhere.
    pub(super) fn show_tokens(&mut self, words: &[String]) {
        self.tokens = words.join(", ");
    }

    /// Draws the form; true when an option was settled otherwise. `understood` is what the reader took, where it got
    /// so far, `columns` what it found.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        options: &mut ReadOptions,
        understood: Option<&ReadOptions>,
        columns: &[(String, ColumnType)],
    ) -> bool {
        let nothing = ReadOptions::default();
        let taken = understood.unwrap_or(&nothing);
        let before = options.clone();
        ui.spacing_mut().item_spacing.y = space::S;
        let width = (ui.available_width() - space::S) / 2.0;
        dialect(ui, options, taken, width);
        pair(
            ui,
            |ui| skipped(ui, &mut options.skip_lines, taken.skip_lines),
            |ui| self.table(ui, &mut options.table, taken.table.as_deref(), width),
        );
        self.null_tokens(ui, &mut options.null_tokens, taken.null_tokens.as_deref());
        self.types(ui, options, columns, width);
        if !options.is_open() && Button::new("As guessed").quiet().show(ui).clicked() {
            *options = ReadOptions::default();
            *self = Self::default();
        }
        *options != before
    }

    fn table(&mut self, ui: &mut Ui, table: &mut Option<String>, taken: Option<&str>, width: f32) {
        let field = Field::new("Sheet or table")
            .help("Of a workbook or a database; otherwise it is of no consequence")
            .hint(taken.unwrap_or("the first one"))
            .width(width);
        if is_done(&field.text(ui, &mut self.table)) {
            let typed = self.table.trim();
            *table = (!typed.is_empty()).then(|| typed.to_owned());
        }
    }

    fn null_tokens(
        &mut self,
        ui: &mut Ui,
        list: &mut Option<Vec<String>>,
        taken: Option<&[String]>,
    ) {
        let hint = taken.map_or_else(|| "NA, NULL, ?".to_owned(), |t| t.join(", "));
        let width = ui.available_width();
        let field = Field::new("Words for no value")
            .help("With commas between them; empty fields never have a value")
            .hint(&hint)
            .width(width);
        if is_done(&field.text(ui, &mut self.tokens)) {
            let words: Vec<String> = self
                .tokens
                .split(',')
                .map(str::trim)
                .filter(|w| !w.is_empty())
                .map(str::to_owned)
                .collect();
            *list = (!words.is_empty()).then_some(words);
        }
    }

    fn types(
        &mut self,
        ui: &mut Ui,
        options: &mut ReadOptions,
        columns: &[(String, ColumnType)],
        width: f32,
    ) {
        if columns.is_empty() {
            return;
        }
        self.column = self.column.min(columns.len() - 1);
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let field = Field::new("Column").width(width);
            field.choice(ui, &mut self.column, &names);
            let (name, kind) = &columns[self.column];
            let settled = options.types.get(name).copied();
            let mut chosen = settled.and_then(|k| TYPES.iter().position(|t| *t == k));
            let mut position = chosen.map_or(0, |c| c + 1);
            let mut titles = vec![format!("guessed: {}", kind.title())];
            titles.extend(TYPES.iter().map(|t| t.title().to_owned()));
            let field = Field::new("Its type").width(width);
            if field.choice(ui, &mut position, &titles).changed() {
                chosen = position.checked_sub(1);
                match chosen {
                    Some(at) => options.types.insert(name.clone(), TYPES[at]),
                    None => options.types.remove(name),
                };
            }
        });
        if !options.types.is_empty() {
            let list: Vec<String> = options
                .types
                .iter()
                .map(|(name, kind)| format!("{name} as {}", kind.title()))
                .collect();
            let text = Type::Small.rich(list.join(", "), Tokens::of(ui).text_weak);
            ui.add(egui::Label::new(text).wrap());
        }
    }
}

/// Whether somebody has ended typing: the file is not read again for every letter.
fn is_done(field: &Response) -> bool {
    field.lost_focus()
}

/// How the text is taken apart.
fn dialect(ui: &mut Ui, options: &mut ReadOptions, taken: &ReadOptions, width: f32) {
    pair(
        ui,
        |ui| encoding(ui, &mut options.encoding, taken.encoding.as_deref(), width),
        |ui| {
            pick(
                ui,
                ("Delimiter", width),
                &mut options.delimiter,
                taken.delimiter,
                &DELIMITERS,
            )
        },
    );
    pair(
        ui,
        |ui| {
            pick(
                ui,
                ("Quotes", width),
                &mut options.quote,
                taken.quote,
                &QUOTES,
            )
        },
        |ui| {
            pick(
                ui,
                ("Column names", width),
                &mut options.header,
                taken.header,
                &HEADERS,
            )
        },
    );
    pair(
        ui,
        |ui| {
            pick(
                ui,
                ("Decimals after a", width),
                &mut options.decimal,
                taken.decimal,
                &DECIMALS,
            )
        },
        |ui| {
            pick(
                ui,
                ("Thousands by a", width),
                &mut options.thousands,
                taken.thousands,
                &THOUSANDS,
            )
        },
    );
    pair(
        ui,
        |ui| {
            pick(
                ui,
                ("Order in dates", width),
                &mut options.date_order,
                taken.date_order,
                &DATES,
            )
        },
        |ui| {
            pick(
                ui,
                ("Uneven rows", width),
                &mut options.ragged,
                taken.ragged,
                &RAGGED,
            )
        },
    );
}

/// Two fields side by side.
fn pair(ui: &mut Ui, left: impl FnOnce(&mut Ui), right: impl FnOnce(&mut Ui)) {
    let width = (ui.available_width() - space::S) / 2.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        side::column(ui, vec2(width, 0.0), left);
        side::column(ui, vec2(width, 0.0), right);
    });
}

/// One of several, or as guessed.
fn pick<T: Copy + PartialEq>(
    ui: &mut Ui,
    (label, width): (&str, f32),
    value: &mut Option<T>,
    taken: Option<T>,
    list: &[(T, &str)],
) {
    let word = |v: T| list.iter().find(|(t, _)| *t == v).map(|(_, word)| *word);
    let guess = match (value.is_none(), taken.and_then(word)) {
        (true, Some(word)) => format!("guessed: {word}"),
        _ => "as guessed".to_owned(),
    };
    let mut titles = vec![guess];
    titles.extend(list.iter().map(|(_, word)| (*word).to_owned()));
    let settled = value.and_then(|v| list.iter().position(|(t, _)| *t == v));
    let mut position = settled.map_or(0, |at| at + 1);
    let field = Field::new(label).width(width);
    if field.choice(ui, &mut position, &titles).changed() {
        *value = position.checked_sub(1).map(|at| list[at].0);
    }
}

fn encoding(ui: &mut Ui, value: &mut Option<String>, taken: Option<&str>, width: f32) {
    let guess = match (value.is_none(), taken) {
        (true, Some(word)) => format!("guessed: {}", word.to_lowercase()),
        _ => "as guessed".to_owned(),
    };
    let mut titles = vec![guess];
    titles.extend(ENCODINGS.map(str::to_owned));
    let settled = value
        .as_deref()
        .and_then(|v| ENCODINGS.iter().position(|e| e.eq_ignore_ascii_case(v)));
    let mut position = settled.map_or(0, |at| at + 1);
    let field = Field::new("Encoding").width(width);
    if field.choice(ui, &mut position, &titles).changed() {
        *value = position.checked_sub(1).map(|at| ENCODINGS[at].to_owned());
    }
}

fn skipped(ui: &mut Ui, value: &mut Option<u32>, taken: Option<u32>) {
    let mut lines = value.or(taken).unwrap_or(0);
    let field = Field::new("Lines above the table");
    if field.number(ui, &mut lines, 0..=1_000).changed() {
        *value = Some(lines);
    }
}
