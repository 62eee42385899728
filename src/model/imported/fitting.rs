//! Which columns the inputs of an ONNX file take: by name, or in the order of the schema, or as somebody says.

use super::error::ImportError;
use crate::domain::Task;
use crate::domain::schema::ColumnType;
use crate::model::onnx::interpreter::{Kind, Port, Program};

/// What a model is to answer, and of what.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The task.
    pub task: Task,
    /// The classes of the target, in the order of their codes; empty for regression.
    pub classes: &'a [String],
    /// The columns that a model may see, in the order of the schema.
    pub features: &'a [(String, ColumnType)],
    /// The columns of the file's inputs in their order, where somebody says so; empty otherwise.
    pub columns: &'a [String],
    /// The target's classes in the order of the model, where somebody says so; empty otherwise.
    pub class_order: &'a [String],
}

/// How many columns an input takes; `None` where the file leaves it open.
pub(super) fn width(input: &Port) -> Option<usize> {
    match input.shape.as_deref() {
        Some([_, width]) => *width,
        Some([_]) => Some(1),
        _ => None,
    }
}

/// The columns of each input.
///
/// # Errors
/// With everything that does not fit.
pub(super) fn feeds(
    program: &Program,
    question: &Question<'_>,
) -> Result<Vec<Vec<String>>, ImportError> {
    let inputs = program.inputs();
    let assigned = if question.columns.is_empty() {
        by_name(inputs, question)
    } else {
        in_order(inputs, question.columns)
    };
    let feeds = assigned.map_err(|problem| ImportError::Inputs {
        problems: vec![problem],
    })?;
    let mut problems = Vec::new();
    for (input, columns) in inputs.iter().zip(&feeds) {
        problems.extend(problem_of(input));
        for column in columns {
            match question.features.iter().find(|(name, _)| name == column) {
                None => problems.push(format!(
                    "{column} is not among the columns that a model may see ({})",
                    names(question)
                )),
                Some((_, kind)) if !takes(input.kind, *kind) => problems.push(format!(
                    "input {} takes {}, and column {column} is {}",
                    input.name,
                    input.kind.map_or("something else", Kind::title),
                    kind.title()
                )),
                Some(_) => {}
            }
        }
    }
    if problems.is_empty() {
        Ok(feeds)
    } else {
        Err(ImportError::Inputs { problems })
    }
}

fn names(question: &Question<'_>) -> String {
    let names = question.features.iter().map(|(name, _)| name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

fn problem_of(input: &Port) -> Option<String> {
    let rank = input.shape.as_ref().map_or(2, Vec::len);
    if !(1..=2).contains(&rank) {
        return Some(format!("input {} has {rank} dimensions", input.name));
    }
    let is_open = input.kind.is_none();
    is_open.then(|| format!("input {} is no tensor", input.name))
}

/// Whether values of a column can become elements of a type. Moments are milliseconds since 1970 and need 64 bits.
fn takes(input: Option<Kind>, column: ColumnType) -> bool {
    use ColumnType::{Boolean, Date, Integer, Number, Text, Timestamp};
    match input {
        Some(Kind::Float | Kind::Int32) => matches!(column, Boolean | Integer | Number),
        Some(Kind::Double | Kind::Int64) => column != Text,
        Some(Kind::Bool) => column == Boolean,
        Some(Kind::Text) => matches!(column, Text | Boolean | Integer | Number | Date | Timestamp),
        None => false,
    }
}

/// All inputs in order take as many columns as they are wide.
fn in_order(inputs: &[Port], columns: &[String]) -> Result<Vec<Vec<String>>, String> {
    let mut rest = columns;
    let mut feeds = Vec::new();
    let n_open = inputs.iter().filter(|i| width(i).is_none()).count();
    let n_known: usize = inputs.iter().filter_map(width).sum();
    let wrong = || {
        let named = columns.len();
        match n_open {
            0 => format!("{named} columns are named, and its inputs take {n_known}"),
            _ => format!("{named} columns are named, and how many each input takes is left open"),
        }
    };
    for input in inputs {
        let n = match width(input) {
            Some(width) => width,
            None if n_open == 1 => columns.len().checked_sub(n_known).ok_or_else(wrong)?,
            None => 1,
        };
        let (taken, left) = rest.split_at_checked(n).ok_or_else(wrong)?;
        feeds.push(taken.to_vec());
        rest = left;
    }
    if !rest.is_empty() || feeds.iter().any(Vec::is_empty) {
        return Err(wrong());
    }
    Ok(feeds)
}

/// Inputs of one column by their names; a single other one takes the columns that are left, in the order of the schema.
fn by_name(inputs: &[Port], question: &Question<'_>) -> Result<Vec<Vec<String>>, String> {
    let mut feeds: Vec<Option<Vec<String>>> = Vec::new();
    for input in inputs {
        let is_single = width(input).is_none_or(|w| w == 1);
        let found = if is_single {
            named(&input.name, question)
        } else {
            None
        };
        feeds.push(found.map(|column| vec![column]));
    }
    let taken: Vec<String> = feeds.iter().flatten().flatten().cloned().collect();
    let features = question.features.iter().map(|(name, _)| name);
    let rest: Vec<String> = features
        .filter(|name| !taken.contains(name))
        .cloned()
        .collect();
    let open: Vec<usize> = (0..inputs.len()).filter(|i| feeds[*i].is_none()).collect();
    match open.as_slice() {
        [] => {}
        [one] => {
            let input = &inputs[*one];
            match width(input) {
                Some(width) if width != rest.len() => {
                    return Err(format!(
                        "input {} takes {width} columns, and there are {}: {}; name them in the parameter columns",
                        input.name,
                        rest.len(),
                        rest.join(", ")
                    ));
                }
                _ if rest.is_empty() => {
                    return Err(format!("no column is left for input {}", input.name));
                }
                _ => feeds[*one] = Some(rest),
            }
        }
        several => {
            let names: Vec<&str> = several.iter().map(|i| inputs[*i].name.as_str()).collect();
            return Err(format!(
                "no columns are called like the inputs {}; name the columns of all inputs in the parameter columns. The columns \
                 are {}",
                names.join(", "),
                self::names(question)
            ));
        }
    }
    Ok(feeds.into_iter().flatten().collect())
}

/// The column of this name; without one, the only column whose name is the same but for case and what is no letter or
/// digit, because converters change these.
fn named(input: &str, question: &Question<'_>) -> Option<String> {
    let features = || question.features.iter().map(|(name, _)| name);
    if let Some(exact) = features().find(|name| *name == input) {
        return Some(exact.clone());
    }
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(input);
    let mut alike = features().filter(|name| plain(name) == wanted);
    match (alike.next(), alike.next()) {
        (Some(only), None) if !wanted.is_empty() => Some(only.clone()),
        _ => None,
    }
}
