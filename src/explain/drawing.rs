//! One tree of a model in words: the questions in terms of the original columns, the share of the training rows and the
//! answer at each node. Placing it on a surface is left to the window.

use super::contributions::Ground;
use super::error::ExplainError;
use super::output::{ScoreOf, check_class, score_of, sum_of};
use super::tree_shap::WeighedTree;
use super::trees::trees_of;
use crate::domain::explanation::{TreeDrawing, TreeNode};
use crate::feature::{CalendarPart, Feature, Meaning};
use crate::model::{Estimator, Model, Node, Tree};

/// Categories that a question names.
const MAX_NAMED: usize = 4;

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// Draws the tree at a position. For boosted trees of several classes, positions count the trees of the class.
///
/// # Errors
/// If the model has no trees or no such tree, or the class does not exist or was never seen.
pub fn draw_tree(
    model: &Model,
    ground: &Ground,
    tree: usize,
    class: usize,
) -> Result<TreeDrawing, ExplainError> {
    check_class(model, class)?;
    let (Some(trees), Some(covers)) = (trees_of(model), ground.covers()) else {
        return Err(ExplainError::NoTrees {
            algorithm: model.algorithm.clone(),
        });
    };
    let (first, every, sign, n_outputs, output) = match &model.estimator {
        Estimator::Boosted(boosted) => {
            let ScoreOf { score, sign } = score_of(model, &boosted.link, class)?;
            (score, boosted.intercepts.len(), sign, 1, 0)
        }
        Estimator::Forest(forest) => (0, 1, 1.0, forest.n_classes.unwrap_or(1), class),
        _ => (0, 1, 1.0, 1, 0),
    };
    let n_trees = trees.len() / every;
    let at = first + tree * every;
    let (Some(found), true) = (trees.get(at), tree < n_trees) else {
        return Err(ExplainError::NoTree { tree, n_trees });
    };
    let weighed = WeighedTree::new(found, &covers[at], n_outputs, output);
    let features = model.plan.features(model.encoding);
    let depths = depths(found);
    let node = |(i, node): (usize, &Node)| {
        let feature = (!node.is_leaf()).then(|| &features[node.feature as usize]);
        let column = feature.map(|f| model.plan.columns[f.column].name.clone());
        TreeNode {
            question: feature
                .zip(column.as_ref())
                .map(|(feature, column)| question(feature, column, node.threshold)),
            column,
            children: feature.map(|_| [u64::from(node.left), u64::from(node.right)]),
            n_rows: covers[at][i] as u64,
            answer: sign * weighed.value(i),
            depth: depths[i],
        }
    };
    Ok(TreeDrawing {
        explained: sum_of(model, class),
        tree: tree as u64,
        n_trees: n_trees as u64,
        part: part(model, n_trees),
        n_rows: covers[at][0] as u64,
        nodes: found.nodes.iter().enumerate().map(node).collect(),
    })
}

fn part(model: &Model, n_trees: usize) -> String {
    match &model.estimator {
        Estimator::Boosted(_) => {
            format!("The answer is a starting value plus what all {n_trees} trees say.")
        }
        _ if n_trees == 1 => "This tree is the whole model.".to_owned(),
        _ => format!("The answer is the mean of what all {n_trees} trees say."),
    }
}

fn depths(tree: &Tree) -> Vec<u32> {
    let mut depths = vec![0; tree.nodes.len()];
    for (i, node) in tree.nodes.iter().enumerate() {
        if !node.is_leaf() {
            depths[node.left as usize] = depths[i] + 1;
            depths[node.right as usize] = depths[i] + 1;
        }
    }
    depths
}

/// The question whose yes leads left: the feature is at most the threshold.
fn question(feature: &Feature, column: &str, threshold: f32) -> String {
    let at = f64::from(threshold);
    let or_missing = |is_left: bool| if is_left { " or missing" } else { "" };
    match &feature.meaning {
        // Trees see numbers as they are; a shaped one is not turned back.
        Meaning::Number {
            mean,
            sd,
            imputed,
            shape: _,
        } => {
            let limit = at * sd + mean;
            format!(
                "{column} ≤ {}{}",
                short(limit),
                or_missing(*imputed <= limit)
            )
        }
        Meaning::TargetMean { output, mean, sd } => {
            format!("{output} for {column} ≤ {}", short(at * sd + mean))
        }
        Meaning::Boolean { imputed } => {
            format!("{column} is false{}", or_missing(!imputed))
        }
        Meaning::Category(category) => format!("{column} is not {category}"),
        Meaning::Other => format!("{column} is one of the frequent values"),
        Meaning::Missing => format!("{column} has a value"),
        Meaning::Rank {
            categories,
            has_missing,
        } => ranks(column, categories, *has_missing, at),
        Meaning::Part {
            part,
            offset,
            imputed,
        } => {
            let limit = (at + f64::from(*offset)).floor() as i32;
            part_question(column, *part, limit, or_missing(*imputed <= limit))
        }
        Meaning::PartIs(part, value) => {
            format!(
                "{} of {column} is not {}",
                part.name(),
                part_value(*part, *value)
            )
        }
    }
}

/// Which categories have a rank of at most the threshold: named from the shorter side.
fn ranks(column: &str, categories: &[String], has_missing: bool, threshold: f64) -> String {
    let n_left = (threshold.floor().max(-1.0) as i64 + 1) as usize;
    let mut names: Vec<&str> = categories.iter().map(String::as_str).collect();
    names.push("another value");
    if has_missing {
        names.push("missing");
    }
    let (left, right) = names.split_at(n_left.min(names.len()));
    if left.len() <= right.len() || left.len() <= MAX_NAMED {
        format!("{column} is {}", listed(left))
    } else {
        format!("{column} is not {}", listed(right))
    }
}

/// "UA, B6 or EV"; beyond four "UA, B6, EV or 5 more".
fn listed(names: &[&str]) -> String {
    let (mut named, n_more) = if names.len() > MAX_NAMED {
        (names[..MAX_NAMED - 1].to_vec(), names.len() - MAX_NAMED + 1)
    } else {
        (names.to_vec(), 0)
    };
    let more = format!("{n_more} more");
    if n_more > 0 {
        named.push(&more);
    }
    match named.as_slice() {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn part_question(column: &str, part: CalendarPart, limit: i32, or_missing: &str) -> String {
    match part {
        CalendarPart::Weekday => format!(
            "weekday of {column} is up to {}{or_missing}",
            part_value(part, limit)
        ),
        _ => format!("{} of {column} ≤ {limit}{or_missing}", part.name()),
    }
}

fn part_value(part: CalendarPart, value: i32) -> String {
    let day = usize::try_from(value - 1).ok();
    match (part, day.and_then(|day| WEEKDAYS.get(day))) {
        (CalendarPart::Weekday, Some(day)) => (*day).to_owned(),
        _ => value.to_string(),
    }
}

/// A number with at most six significant digits.
pub(super) fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let magnitude = value.abs().log10().floor() as i32;
    if !(-5..15).contains(&magnitude) {
        return format!("{value:.5e}");
    }
    let decimals = usize::try_from(5 - magnitude).unwrap_or(0);
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
