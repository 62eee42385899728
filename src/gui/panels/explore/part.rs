//! Which part of the rows: all, a side of the split, or a segment by one column.

use super::words::pick;
use crate::domain::relation::Part;
use crate::domain::schema::ColumnType;
use crate::domain::segment::{Predicate, Segment, Test};
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics};
use eframe::egui::Ui;

/// The choice.
#[derive(Debug, Default)]
pub(super) struct PartPicker {
    part: Part,
}

const SEGMENT: usize = 3;

impl PartPicker {
    /// What is chosen.
    pub(super) fn part(&self) -> &Part {
        &self.part
    }

    /// Draws the pickers. A split is one of all batches, so its sides can be chosen only over all of them.
    pub(super) fn ui(&mut self, ui: &mut Ui, statistics: &DatasetStatistics, can_split: bool) {
        if !can_split && matches!(self.part, Part::Train | Part::Test) {
            self.part = Part::All;
        }
        let all = ["all", "training", "test", "of a segment"];
        let places: Vec<usize> = (0..4)
            .filter(|at| can_split || *at == 0 || *at == SEGMENT)
            .collect();
        let options: Vec<String> = places.iter().map(|at| all[*at].to_owned()).collect();
        let now = match self.part {
            Part::All => 0,
            Part::Train => 1,
            Part::Test => 2,
            Part::Segment(_) => SEGMENT,
        };
        let mut chosen = places.iter().position(|at| *at == now).unwrap_or(0);
        if pick(ui, "Rows", &mut chosen, &options, 110.0) {
            self.part = match places[chosen] {
                1 => Part::Train,
                2 => Part::Test,
                SEGMENT => first_segment(statistics).map_or(Part::All, of),
                _ => Part::All,
            };
        }
        let Part::Segment(segment) = &self.part else {
            return;
        };
        let Some(now) = segment.predicates.first().cloned() else {
            return;
        };
        let with_tests: Vec<&ColumnStatistics> = statistics
            .columns
            .iter()
            .filter(|c| !tests(c).is_empty())
            .collect();
        let names: Vec<String> = with_tests.iter().map(|c| c.name.clone()).collect();
        let Some(mut column) = names.iter().position(|n| *n == now.column) else {
            self.part = Part::All;
            return;
        };
        if pick(ui, "Segment by", &mut column, &names, 130.0) {
            let test = tests(with_tests[column]).into_iter().next();
            self.part = test.map_or(Part::All, |test| {
                of(Predicate {
                    column: names[column].clone(),
                    test,
                })
            });
            return;
        }
        let tests = tests(with_tests[column]);
        let words: Vec<String> = tests.iter().map(test_words).collect();
        let mut chosen = tests.iter().position(|t| *t == now.test).unwrap_or(0);
        if pick(ui, "that is", &mut chosen, &words, 150.0) {
            self.part = of(Predicate {
                column: now.column,
                test: tests[chosen].clone(),
            });
        }
    }
}

fn of(predicate: Predicate) -> Part {
    Part::Segment(Segment {
        predicates: vec![predicate],
    })
}

fn first_segment(statistics: &DatasetStatistics) -> Option<Predicate> {
    statistics.columns.iter().find_map(|column| {
        Some(Predicate {
            column: column.name.clone(),
            test: tests(column).into_iter().next()?,
        })
    })
}

fn test_words(test: &Test) -> String {
    let whole = Predicate {
        column: String::new(),
        test: test.clone(),
    };
    let text = whole.to_string();
    let text = text.trim_start();
    text.strip_prefix("= ")
        .or(text.strip_prefix("is "))
        .unwrap_or(text)
        .to_owned()
}

/// The segments of one column: its frequent values, or the quarters of a number; and where it is missing.
fn tests(column: &ColumnStatistics) -> Vec<Test> {
    let mut list = Vec::new();
    let quarter = |p: f64| column.quantiles.iter().find(|q| q.p == p).map(|q| q.value);
    let is_time = matches!(column.kind, ColumnType::Date | ColumnType::Timestamp);
    if column.n_distinct > 12
        && !is_time
        && let (Some(a), Some(b), Some(c)) = (quarter(0.25), quarter(0.5), quarter(0.75))
    {
        let mut edges = vec![a, b, c];
        edges.dedup();
        let range = |low, high| Test::Range { low, high };
        list.push(range(None, edges.first().copied()));
        list.extend(edges.windows(2).map(|e| range(Some(e[0]), Some(e[1]))));
        list.push(range(edges.last().copied(), None));
    } else {
        list.extend(column.top.iter().map(|t| Test::Equals(t.value.clone())));
    }
    if column.n_missing > 0 {
        list.push(Test::Missing);
    }
    list
}
