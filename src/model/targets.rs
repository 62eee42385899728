//! The truth of a table's rows as class codes or numbers. Deciding the task and the classes is left to the schema.

use super::error::ModelError;
use crate::data::{ColumnData, Table};
use crate::domain::Task;
use crate::domain::prediction::Targets;
use std::collections::{BTreeMap, HashMap};

/// The rows that have a target, and their targets.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedTargets {
    /// Positions of the rows with a target, ascending.
    pub rows: Vec<usize>,
    /// Their targets, in this order.
    pub targets: Targets,
    /// Rows without a target.
    pub n_missing: u64,
}

/// Reads the target column: classes by their text as it would stand in a CSV file, numbers as they are. Rows whose
/// target is missing (for a regression also NaN or infinite) are left out.
///
/// # Errors
/// If there is no such column, its type cannot be used, or it has values that are none of the classes (all listed).
pub fn encode_targets(
    table: &Table,
    target: &str,
    task: Task,
    classes: &[String],
) -> Result<EncodedTargets, ModelError> {
    let data = table.column(target).ok_or_else(|| ModelError::NoTarget {
        target: target.to_owned(),
    })?;
    let (rows, targets) = if task.is_classification() {
        class_targets(data, target, classes)?
    } else {
        let found = data.column_type();
        let is_usable = found.is_numeric() || data.n_missing() == data.len();
        if !is_usable {
            return Err(ModelError::TargetType {
                target: target.to_owned(),
                found,
                task,
            });
        }
        let (rows, values) = (0..data.len())
            .filter_map(|row| Some((row, data.number(row).filter(|v| v.is_finite())?)))
            .unzip();
        (rows, Targets::Values(values))
    };
    Ok(EncodedTargets {
        n_missing: (data.len() - rows.len()) as u64,
        rows,
        targets,
    })
}

fn class_targets(
    data: ColumnData<'_>,
    target: &str,
    classes: &[String],
) -> Result<(Vec<usize>, Targets), ModelError> {
    let codes_by_text: HashMap<&str, u32> = classes
        .iter()
        .enumerate()
        .map(|(k, text)| (text.as_str(), k as u32))
        .collect();
    let mut rows = Vec::new();
    let mut codes = Vec::new();
    let mut unknown: BTreeMap<String, u64> = BTreeMap::new();
    for row in 0..data.len() {
        let Some(text) = data.text(row) else {
            continue;
        };
        if let Some(code) = codes_by_text.get(text.as_str()) {
            rows.push(row);
            codes.push(*code);
        } else {
            *unknown.entry(text).or_default() += 1;
        }
    }
    if !unknown.is_empty() {
        return Err(ModelError::UnknownClasses {
            target: target.to_owned(),
            unknown: unknown.into_iter().collect(),
            classes: classes.to_vec(),
        });
    }
    let n_classes = classes.len();
    Ok((rows, Targets::Classes { n_classes, codes }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{BooleanArray, Float64Array, Int64Array, StringArray};
    use std::sync::Arc;

    fn table() -> Table {
        Table::from_columns(vec![
            (
                "late".into(),
                Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
            ),
            (
                "code".into(),
                Arc::new(Int64Array::from(vec![Some(7), Some(3), None])),
            ),
            (
                "name".into(),
                Arc::new(StringArray::from(vec![Some("b"), Some("a"), Some("zz")])),
            ),
            (
                "value".into(),
                Arc::new(Float64Array::from(vec![
                    Some(1.5),
                    Some(f64::NAN),
                    Some(-2.0),
                ])),
            ),
        ])
        .unwrap()
    }

    fn classes(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn classes_are_read_by_their_text_whatever_the_type() {
        let late =
            encode_targets(&table(), "late", Task::Binary, &classes(&["false", "true"])).unwrap();
        assert_eq!((late.rows, late.n_missing), (vec![0, 2], 1));
        assert_eq!(
            late.targets,
            Targets::Classes {
                n_classes: 2,
                codes: vec![1, 0]
            }
        );
        let code = encode_targets(&table(), "code", Task::Binary, &classes(&["3", "7"])).unwrap();
        assert_eq!(
            code.targets,
            Targets::Classes {
                n_classes: 2,
                codes: vec![1, 0]
            }
        );
    }

    #[test]
    fn all_values_that_are_no_class_are_listed() {
        let error =
            encode_targets(&table(), "name", Task::Binary, &classes(&["a", "c"])).unwrap_err();
        let ModelError::UnknownClasses { unknown, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(unknown, [("b".to_owned(), 1), ("zz".to_owned(), 1)]);
    }

    #[test]
    fn a_regression_leaves_out_what_is_no_number_and_refuses_texts() {
        let value = encode_targets(&table(), "value", Task::Regression, &[]).unwrap();
        assert_eq!(
            (value.rows, value.targets, value.n_missing),
            (vec![0, 2], Targets::Values(vec![1.5, -2.0]), 1)
        );
        assert!(matches!(
            encode_targets(&table(), "name", Task::Regression, &[]),
            Err(ModelError::TargetType { .. })
        ));
        assert!(matches!(
            encode_targets(&table(), "none", Task::Regression, &[]),
            Err(ModelError::NoTarget { .. })
        ));
    }
}
