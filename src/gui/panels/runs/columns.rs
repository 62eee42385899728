//! What can be said of a run in one cell: the columns that the list of runs and the comparison of runs are made of.

use super::record;
use crate::domain::ids::Millis;
use crate::domain::ledger::{Ledger, RunLine};
use crate::domain::metric::Metric;
use crate::gui::theme::Tone;
use crate::gui::widgets::number;
use crate::gui::widgets::table::{Cell, Column};
use std::cmp::Ordering;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Run,
    Started,
    Duration,
    State,
    DataGate,
    ModelGate,
    Promoted,
    Cached,
    Algorithm,
    Note,
    Metric(Metric),
    Tag(String),
    Parameter(String),
}

/// What is known of a run in a column, as it is sorted and drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Missing,
    Number(f64),
    Text(String),
}

impl Key {
    /// The columns of a list that nobody has arranged yet.
    pub(super) fn usual() -> Vec<Self> {
        vec![
            Self::Run,
            Self::Started,
            Self::Duration,
            Self::State,
            Self::DataGate,
            Self::ModelGate,
            Self::Promoted,
            Self::Cached,
        ]
    }

    /// All columns that runs of this ledger have.
    pub(super) fn all(ledger: &Ledger) -> Vec<Self> {
        let mut keys = Self::usual();
        keys.extend([Self::Algorithm, Self::Note]);
        keys.extend(ledger.metrics.iter().copied().map(Self::Metric));
        keys.extend(ledger.tags.iter().cloned().map(Self::Tag));
        keys.extend(ledger.parameters.iter().cloned().map(Self::Parameter));
        keys
    }

    /// Its title.
    pub(super) fn title(&self) -> &str {
        match self {
            Self::Run => "Run",
            Self::Started => "Started",
            Self::Duration => "Duration",
            Self::State => "State",
            Self::DataGate => "Data gate",
            Self::ModelGate => "Model gate",
            Self::Promoted => "Promoted",
            Self::Cached => "Cached",
            Self::Algorithm => "Algorithm",
            Self::Note => "Note",
            Self::Metric(metric) => metric.title(),
            Self::Tag(name) | Self::Parameter(name) => name,
        }
    }

    /// The group that it is listed under.
    pub(super) fn group(&self) -> &'static str {
        match self {
            Self::Metric(_) => "Metrics",
            Self::Tag(_) => "Tags",
            Self::Parameter(_) => "Parameters",
            _ => "Runs",
        }
    }

    /// The column of a table.
    pub(super) fn column(&self) -> Column {
        let title = self.title();
        let wide = title.chars().count() as f32 * 8.0 + 36.0;
        match self {
            Self::Run => Column::number(title).width(64.0),
            Self::Started => Column::text(title).width(96.0).fill(),
            Self::Duration => Column::number(title).width(104.0),
            Self::State => Column::text(title).width(118.0),
            Self::DataGate => Column::text(title).width(100.0).help("STOP, RETRAIN or OK"),
            Self::ModelGate => Column::text(title)
                .width(128.0)
                .help("BLESSED or NOT BLESSED"),
            Self::Promoted => Column::text(title)
                .width(88.0)
                .help("The version that went into production"),
            Self::Cached => Column::number(title)
                .width(80.0)
                .help("Steps whose results were there already"),
            Self::Algorithm => Column::text(title).width(120.0),
            Self::Note => Column::text(title).width(180.0),
            Self::Metric(_) => Column::number(title).width(wide.clamp(96.0, 150.0)),
            Self::Tag(_) => Column::text(title).width(wide.clamp(90.0, 160.0)),
            Self::Parameter(name) => Column::number(title)
                .width(wide.clamp(90.0, 200.0))
                .help(name.clone()),
        }
    }

    /// What a run has there.
    pub(super) fn value(&self, line: &RunLine, now: Millis) -> Value {
        let number = |n: Option<f64>| n.map_or(Value::Missing, Value::Number);
        let text = |t: Option<&str>| t.map_or(Value::Missing, |t| Value::Text(t.to_owned()));
        match self {
            Self::Run => Value::Number(line.id.0 as f64),
            Self::Started => Value::Number(line.started as f64),
            Self::Duration => number(line.seconds(now)),
            Self::State => text(Some(line.state.word())),
            Self::DataGate => text(line.data_verdict.map(|v| v.word())),
            Self::ModelGate => text(line.model_verdict.map(record::model_word)),
            Self::Promoted => number(line.promoted.map(f64::from)),
            Self::Cached => Value::Number(line.n_cached as f64),
            Self::Algorithm => text(line.algorithm.as_deref()),
            Self::Note => text(Some(line.note.as_str()).filter(|n| !n.is_empty())),
            Self::Metric(metric) => number(line.metrics.get(metric).copied()),
            Self::Tag(name) => text(line.tags.get(name).map(String::as_str)),
            Self::Parameter(name) => match line.parameters.get(name) {
                None => Value::Missing,
                Some(value) => match value.as_f64() {
                    Some(value) => Value::Number(value),
                    None => Value::Text(value.to_string()),
                },
            },
        }
    }

    /// The same for people.
    pub(super) fn words(&self, line: &RunLine, now: Millis) -> String {
        match (self, self.value(line, now)) {
            (_, Value::Missing) => number::MISSING.to_owned(),
            (Self::Started, _) => record::moment(line.started),
            (Self::Duration, Value::Number(seconds)) => number::duration(seconds),
            (Self::Promoted, Value::Number(version)) => format!("v{version}"),
            (Self::Cached, _) => format!("{}/{}", line.n_cached, line.n_steps),
            (Self::Metric(_), Value::Number(value)) => number::metric(value),
            (_, Value::Number(value)) => number::plain(value),
            (_, Value::Text(text)) => text,
        }
    }

    /// Fills its cell.
    pub(super) fn fill(
        &self,
        cell: &mut Cell<'_>,
        line: &RunLine,
        (now, is_narrow): (Millis, bool),
    ) {
        match self {
            Self::Run => cell.strong(line.id.to_string()),
            Self::Started if is_narrow => {
                cell.text(number::ago((now - line.started) as f64 / 1_000.0));
            }
            Self::Started => cell.text(record::moment_ago(line.started, now)),
            Self::State => {
                let (word, tone) = record::run_badge(line.state);
                cell.badge(word, tone);
            }
            Self::DataGate => match line.data_verdict {
                Some(verdict) => cell.badge(verdict.word(), record::data_tone(verdict)),
                None => cell.weak(number::MISSING),
            },
            Self::ModelGate => match line.model_verdict {
                Some(verdict) => {
                    cell.badge(record::model_word(verdict), record::model_tone(verdict));
                }
                None => cell.weak(number::MISSING),
            },
            Self::Promoted => match line.promoted {
                Some(version) => cell.toned(format!("v{version}"), Tone::Production),
                None => cell.weak(number::MISSING),
            },
            _ => cell.text(self.words(line, now)),
        }
    }
}

impl Value {
    /// What is missing comes first, then numbers, then texts.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let rank = |value: &Self| match value {
            Self::Missing => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
        };
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}
