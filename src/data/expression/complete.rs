//! What could come at the cursor: columns, functions, words of the language and known values of the column that is being
//! compared, those first that fit the place and its type.

use super::cursor::{Cursor, Inside, Token};
use super::function::{AggregateFunction, Callee, FUNCTIONS, Function, Signature};
use super::names::quoted;
use crate::domain::expression::{Completion, CompletionKind};
use crate::domain::schema::ColumnType;
use std::ops::Range;

/// The values of a column that are worth offering, most useful first; empty where none are known.
pub type KnownValues<'a> = dyn Fn(&str) -> Vec<String> + 'a;

/// Most values that are offered at a time.
const MAX_VALUES: usize = 50;

/// What could stand at the cursor (in bytes), best first.
#[must_use]
pub fn complete(text: &str, cursor: usize, columns: &[(String, ColumnType)]) -> Vec<Completion> {
    complete_with_values(text, cursor, columns, &|_| Vec::new())
}

/// The same with known values of columns: `carrier = ` offers `'UA'`.
#[must_use]
pub fn complete_with_values(
    text: &str,
    cursor: usize,
    columns: &[(String, ColumnType)],
    values: &KnownValues<'_>,
) -> Vec<Completion> {
    let place = Place::of(Cursor::find(text, cursor), columns);
    let mut found: Vec<(u32, usize, Completion)> = Vec::new();
    let mut offer = |completion: Completion, fit: u32| {
        if let Some(closeness) = closeness(&place.cursor.written, &completion.label) {
            found.push((closeness * 10 + fit, found.len(), completion));
        }
    };
    match place.cursor.inside {
        Inside::Number => {}
        Inside::Name => place.columns(columns, &mut offer),
        Inside::Text => place.values(values, &mut offer),
        Inside::Word => match place.expects {
            Expects::Operand => {
                place.values(values, &mut offer);
                place.columns(columns, &mut offer);
                place.functions(&mut offer);
                place.words(OPERANDS, 5, &mut offer);
            }
            Expects::Operator => place.operators(&mut offer),
            Expects::AfterIs => place.words(AFTER_IS, 0, &mut offer),
            Expects::Type => place.words(TYPES, 0, &mut offer),
        },
    }
    found.sort_by_key(|(rank, position, _)| (*rank, *position));
    found
        .into_iter()
        .map(|(_, _, completion)| completion)
        .collect()
}

/// How well a name fits what is written: 0 from its beginning, 1 from the beginning of a later word, 2 somewhere.
fn closeness(written: &str, name: &str) -> Option<u32> {
    let (written, name) = (written.to_lowercase(), name.to_lowercase());
    if name.starts_with(&written) {
        return Some(0);
    }
    let at = name.find(&written)?;
    let before = name[..at].chars().next_back();
    Some(if before.is_some_and(|c| !c.is_alphanumeric()) {
        1
    } else {
        2
    })
}

const OPERANDS: &[(&str, &str)] = &[
    ("not", "turns a condition round"),
    (
        "case when  then  else  end",
        "the first result whose condition is true",
    ),
    (
        "cast( as double)",
        "converts; types are bigint, double, varchar, boolean, date, timestamp",
    ),
    ("date ''", "a day: date '2013-01-31'"),
    ("timestamp ''", "a moment: timestamp '2013-01-31 17:30:00'"),
    ("extract( from )", "year, month, day, hour, dow … of a date"),
    ("true", "truth value"),
    ("false", "truth value"),
    ("null", "no value; compare with is null"),
];
const AFTER_IS: &[(&str, &str)] = &[
    ("null", "has no value"),
    ("not null", "has a value"),
    ("true", "true, and not NULL"),
    ("false", "false, and not NULL"),
    ("not true", "false or NULL"),
    ("not false", "true or NULL"),
];
const TYPES: &[(&str, &str)] = &[
    ("double", "real numbers"),
    ("bigint", "integers of 64 bits"),
    ("varchar", "texts"),
    ("boolean", "truth values"),
    ("date", "days"),
    ("timestamp", "moments"),
];
const COMPARISONS: &[(&str, &str)] = &[
    ("=", "equal"),
    ("<>", "not equal"),
    (">", "greater"),
    (">=", "greater or equal"),
    ("<", "less"),
    ("<=", "less or equal"),
    ("between  and ", "within two bounds, both included"),
    ("in ()", "one of several values"),
    ("not in ()", "none of several values"),
    ("is null", "has no value"),
    ("is not null", "has a value"),
];
const MATCHES: &[(&str, &str)] = &[
    ("like ''", "matches a pattern: % any signs, _ one sign"),
    ("ilike ''", "the same without regard to case"),
    ("not like ''", "does not match a pattern"),
];
const CONNECTIVES: &[(&str, &str)] =
    &[("and", "both conditions"), ("or", "at least one condition")];
const NUMERIC: &[(&str, &str)] = &[
    ("+", "plus"),
    ("-", "minus"),
    ("*", "times"),
    ("/", "divided by (real division)"),
    ("%", "remainder"),
];
const CASE_WORDS: &[(&str, &str)] = &[
    ("then", "result of the condition"),
    ("when", "next condition"),
    ("else", "result otherwise"),
    ("end", "end of case"),
];

/// Words that ask for an operand, unlike names.
const ASKING: &[&str] = &[
    "and", "or", "not", "in", "between", "like", "ilike", "case", "when", "then", "else",
    "distinct", "from", "where", "escape",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expects {
    Operand,
    Operator,
    AfterIs,
    Type,
}

/// The cursor with what is understood of the text in front of it.
struct Place {
    cursor: Cursor,
    expects: Expects,
    /// The column on the other side of a comparison or in front of an operator.
    column: Option<(String, ColumnType)>,
    /// The type that fits best here.
    wanted: Option<ColumnType>,
    is_inside_case: bool,
}

impl Place {
    fn of(cursor: Cursor, columns: &[(String, ColumnType)]) -> Self {
        let before = &cursor.before;
        let word = |token: &Token| match token {
            Token::Word(word) => Some(word.to_lowercase()),
            _ => None,
        };
        let last_word = before.last().and_then(word);
        let expects = match before.last() {
            None => Expects::Operand,
            Some(Token::Sign(sign)) if sign == ")" => Expects::Operator,
            Some(Token::Sign(_)) => Expects::Operand,
            Some(Token::Word(_)) => match last_word.as_deref() {
                Some("is") => Expects::AfterIs,
                Some("as") => Expects::Type,
                Some(word) if ASKING.contains(&word) => Expects::Operand,
                _ => Expects::Operator,
            },
            Some(_) => Expects::Operator,
        };
        let column = match expects {
            Expects::Operator => before.last().and_then(|t| column_of(t, columns)),
            _ => compared(before, columns),
        };
        let n_words = |wanted: &str| {
            before
                .iter()
                .filter_map(word)
                .filter(|w| w == wanted)
                .count()
        };
        let is_inside_case = n_words("case") > n_words("end");
        let is_arithmetic =
            matches!(before.last(), Some(Token::Sign(s)) if "+-*/%".contains(s.as_str()));
        let wanted = match (&column, is_arithmetic) {
            (_, true) => Some(ColumnType::Number),
            (Some((_, kind)), _) => Some(*kind),
            _ => None,
        };
        Self {
            cursor,
            expects,
            column,
            wanted,
            is_inside_case,
        }
    }

    fn fits(&self, kind: ColumnType) -> bool {
        self.wanted.is_none_or(|wanted| {
            wanted == kind
                || wanted.is_numeric() && kind.is_numeric()
                || wanted.is_temporal() && kind.is_temporal()
        })
    }

    fn completion(
        &self,
        kind: CompletionKind,
        label: &str,
        detail: &str,
        insert: String,
    ) -> Completion {
        Completion {
            kind,
            label: label.to_owned(),
            detail: detail.to_owned(),
            cursor: insert.len(),
            insert,
            replace: self.replace(),
        }
    }

    fn replace(&self) -> Range<usize> {
        self.cursor.replace.clone()
    }

    fn columns(&self, columns: &[(String, ColumnType)], offer: &mut impl FnMut(Completion, u32)) {
        for (name, kind) in columns {
            let is_itself = self.column.as_ref().is_some_and(|(other, _)| other == name);
            let fit = if self.fits(*kind) && !is_itself { 1 } else { 4 };
            let completion =
                self.completion(CompletionKind::Column, name, kind.title(), quoted(name));
            offer(completion, fit);
        }
    }

    /// Known values of the compared column. Where no text was begun, texts alone are offered.
    fn values(&self, values: &KnownValues<'_>, offer: &mut impl FnMut(Completion, u32)) {
        let Some((name, kind)) = &self.column else {
            return;
        };
        if self.cursor.inside == Inside::Word && *kind != ColumnType::Text {
            return;
        }
        for value in values(name).into_iter().take(MAX_VALUES) {
            let insert = format!("'{}'", value.replace('\'', "''"));
            let detail = format!("value of {name}");
            offer(
                self.completion(CompletionKind::Value, &value, &detail, insert),
                0,
            );
        }
    }

    fn functions(&self, offer: &mut impl FnMut(Completion, u32)) {
        for signature in FUNCTIONS {
            let is_aggregate = matches!(signature.callee, Callee::Aggregate(_));
            let kind = if is_aggregate {
                CompletionKind::Aggregate
            } else {
                CompletionKind::Function
            };
            let detail = format!("{}: {}", signature.usage, signature.about);
            let insert = match signature.name {
                "date_trunc" => "date_trunc('month', )".to_owned(),
                name => format!("{name}()"),
            };
            let mut completion = self.completion(kind, signature.name, &detail, insert);
            completion.cursor -= 1;
            let fit = match result(signature) {
                Some(kind) if self.wanted.is_some() && !self.fits(kind) => 6,
                _ if is_aggregate => 3,
                _ => 2,
            };
            offer(completion, fit);
        }
    }

    fn words(&self, words: &[(&str, &str)], fit: u32, offer: &mut impl FnMut(Completion, u32)) {
        for (word, detail) in words {
            let mut completion =
                self.completion(CompletionKind::Keyword, word, detail, (*word).to_owned());
            // The cursor goes to the first gap: between quotes or parentheses, or between two blanks.
            let gap = ["''", "()", "  ", "( "]
                .iter()
                .filter_map(|gap| word.find(gap))
                .min();
            if let Some(gap) = gap {
                completion.cursor = gap + 1;
            }
            offer(completion, fit);
        }
    }

    fn operators(&self, offer: &mut impl FnMut(Completion, u32)) {
        let kind = self.column.as_ref().map(|(_, kind)| *kind);
        if self.is_inside_case {
            self.words(CASE_WORDS, 1, offer);
        }
        match kind {
            Some(ColumnType::Text) => {
                self.words(COMPARISONS, 0, offer);
                self.words(MATCHES, 1, offer);
                self.words(&[("||", "joins texts")], 3, offer);
                self.words(CONNECTIVES, 4, offer);
            }
            Some(ColumnType::Boolean) => {
                self.words(CONNECTIVES, 0, offer);
                self.words(COMPARISONS, 1, offer);
            }
            Some(_) => {
                self.words(COMPARISONS, 0, offer);
                self.words(NUMERIC, 1, offer);
                self.words(CONNECTIVES, 4, offer);
            }
            None => {
                self.words(CONNECTIVES, 0, offer);
                self.words(COMPARISONS, 1, offer);
                self.words(NUMERIC, 2, offer);
            }
        }
    }
}

/// The type that a function gives, where it is always the same.
fn result(signature: &Signature) -> Option<ColumnType> {
    Some(match signature.callee {
        Callee::DateTrunc => ColumnType::Timestamp,
        Callee::Aggregate(AggregateFunction::Min | AggregateFunction::Max) => return None,
        Callee::Aggregate(_) => ColumnType::Number,
        Callee::Scalar(function) => match function {
            Function::Lower
            | Function::Upper
            | Function::Trim
            | Function::Ltrim
            | Function::Rtrim
            | Function::Substr
            | Function::Replace => ColumnType::Text,
            Function::StartsWith => ColumnType::Boolean,
            Function::Coalesce | Function::Nullif | Function::Least | Function::Greatest => {
                return None;
            }
            _ => ColumnType::Number,
        },
    })
}

fn column_of(token: &Token, columns: &[(String, ColumnType)]) -> Option<(String, ColumnType)> {
    let name = match token {
        Token::Word(name) | Token::Name(name) => name,
        _ => return None,
    };
    columns
        .iter()
        .find(|(known, _)| known == name)
        .or_else(|| {
            columns
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
        })
        .cloned()
}

/// The column that the operand at the end is compared with: in front of `=`, `like`, `in (`, `between`.
fn compared(before: &[Token], columns: &[(String, ColumnType)]) -> Option<(String, ColumnType)> {
    let is_word = |token: &Token, words: &[&str]| match token {
        Token::Word(word) => words.contains(&word.to_lowercase().as_str()),
        _ => false,
    };
    let sign = |token: &Token| match token {
        Token::Sign(sign) => Some(sign.clone()),
        _ => None,
    };
    let mut end = before.len().checked_sub(1)?;
    match sign(&before[end]).as_deref() {
        Some("=" | "<>" | "!=" | "<" | "<=" | ">" | ">=") => {}
        Some("(" | ",") => {
            // The list of an IN: values and commas back to the parenthesis.
            while sign(&before[end]).as_deref() != Some("(") {
                let is_list = matches!(before[end], Token::Text(_) | Token::Number)
                    || sign(&before[end]).is_some_and(|s| s == "," || s == "-");
                if !is_list {
                    return None;
                }
                end = end.checked_sub(1)?;
            }
            end = end.checked_sub(1)?;
            if !is_word(&before[end], &["in"]) {
                return None;
            }
        }
        _ if is_word(&before[end], &["like", "ilike", "between"]) => {}
        _ if is_word(&before[end], &["and"]) => {
            // The upper bound of a BETWEEN.
            end = end.checked_sub(2)?;
            if !is_word(&before[end], &["between"]) {
                return None;
            }
        }
        _ => return None,
    }
    let mut column = end.checked_sub(1)?;
    if is_word(&before[column], &["not"]) {
        column = column.checked_sub(1)?;
    }
    column_of(&before[column], columns)
}
