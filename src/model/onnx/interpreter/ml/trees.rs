//! Reading ensembles of trees from the attributes of their nodes: the lists of `TreeEnsembleClassifier` and
//! `TreeEnsembleRegressor`, where leaves are nodes, and those of `TreeEnsemble` (version 5), where they are not.

use super::super::attributes::Attributes;
use super::super::ops::{Kernel, one};
use super::super::value::{Data, Kind, Tensor, real};
use super::ensemble::{Aggregate, Ensemble, LEAF, Mode, Split, Sums};
use super::labels::Labels;
use super::linear::largest;
use super::post::{Post, logistic};
use hashbrown::HashMap;

/// A list of numbers that stands as floats or as a tensor of 32 or 64 bits.
fn numbers(attributes: &Attributes<'_>, name: &str) -> Result<Vec<f64>, String> {
    let floats = attributes.floats(name)?.filter(|v| !v.is_empty());
    let tensor = attributes.tensor(&format!("{name}_as_tensor"))?;
    match (floats, tensor) {
        (Some(_), Some(_)) => Err(format!("{name} is given twice")),
        (Some(floats), None) => Ok(floats.iter().map(|v| (*v).into()).collect()),
        (None, Some(tensor)) => Ok(tensor.doubles()?.into_owned()),
        (None, None) => Ok(Vec::new()),
    }
}

fn needed<'a>(attributes: &Attributes<'a>, name: &str) -> Result<&'a [i64], String> {
    attributes
        .ints(name)?
        .ok_or_else(|| format!("{name} is missing"))
}

fn same_length(lengths: &[usize]) -> Result<(), String> {
    if lengths.windows(2).all(|pair| pair[0] == pair[1]) && lengths[0] < LEAF as usize {
        Ok(())
    } else {
        Err("its lists differ in length".to_owned())
    }
}

fn feature(id: i64) -> Result<u32, String> {
    u32::try_from(id).map_err(|_| format!("there is no feature {id}"))
}

/// Whether missing values count as yes, node by node.
fn missing(attributes: &Attributes<'_>, n_nodes: usize) -> Result<Vec<bool>, String> {
    match attributes.some_ints("nodes_missing_value_tracks_true")? {
        None => Ok(vec![false; n_nodes]),
        Some(list) if list.len() == n_nodes => Ok(list.iter().map(|v| *v != 0).collect()),
        Some(_) => Err("its lists differ in length".to_owned()),
    }
}

/// The trees of version 1 to 3; leaves speak of `stem` (`target` or `class`).
fn listed(attributes: &Attributes<'_>, stem: &str, n_outputs: usize) -> Result<Ensemble, String> {
    attributes.ignore(&["nodes_hitrates", "nodes_hitrates_as_tensor"]);
    let trees = needed(attributes, "nodes_treeids")?;
    let ids = needed(attributes, "nodes_nodeids")?;
    let features = needed(attributes, "nodes_featureids")?;
    let modes = attributes.texts("nodes_modes")?.unwrap_or_default();
    let values = numbers(attributes, "nodes_values")?;
    let (yes, no) = (
        needed(attributes, "nodes_truenodeids")?,
        needed(attributes, "nodes_falsenodeids")?,
    );
    let n = trees.len();
    same_length(&[
        n,
        ids.len(),
        features.len(),
        modes.len(),
        values.len(),
        yes.len(),
        no.len(),
    ])?;
    let missing = missing(attributes, n)?;
    let mut places: HashMap<(i64, i64), u32> = HashMap::with_capacity(n);
    let (mut n_splits, mut n_leaves) = (0, 0);
    for i in 0..n {
        let place = if &*modes[i] == "LEAF" {
            n_leaves += 1;
            (n_leaves - 1) | LEAF
        } else {
            n_splits += 1;
            n_splits - 1
        };
        if places.insert((trees[i], ids[i]), place).is_some() {
            return Err(format!("tree {} has two nodes {}", trees[i], ids[i]));
        }
    }
    let mut splits = Vec::with_capacity(n_splits as usize);
    let mut is_child = HashMap::with_capacity(n);
    for i in (0..n).filter(|i| &*modes[*i] != "LEAF") {
        let mut child = |id: i64| {
            is_child.insert((trees[i], id), ());
            let found = places.get(&(trees[i], id)).copied();
            found.ok_or_else(|| format!("tree {} has no node {id}", trees[i]))
        };
        splits.push(Split {
            value: values[i],
            feature: feature(features[i])?,
            yes: child(yes[i])?,
            no: child(no[i])?,
            mode: Mode::of_name(&modes[i])
                .ok_or_else(|| format!("there is no mode {}", modes[i]))?,
            missing_is_yes: missing[i],
        });
    }
    // A tree begins at its one node that no other leads to.
    let roots = (0..n).filter(|i| !is_child.contains_key(&(trees[*i], ids[*i])));
    let roots: Vec<(i64, u32)> = roots
        .map(|i| (trees[i], places[&(trees[i], ids[i])]))
        .collect();
    let different: std::collections::BTreeSet<i64> = trees.iter().copied().collect();
    let begun: std::collections::BTreeSet<i64> = roots.iter().map(|(tree, _)| *tree).collect();
    if roots.len() != different.len() || begun != different {
        return Err("a tree has no beginning, or more than one".to_owned());
    }
    let (leaves, weights) = leaves(attributes, stem, &places, n_leaves as usize)?;
    Ok(Ensemble {
        roots: roots.into_iter().map(|(_, place)| place).collect(),
        splits,
        leaves,
        weights,
        sets: Vec::new(),
        n_outputs,
        aggregate: Aggregate::Sum,
        base: numbers(attributes, "base_values")?,
        post: Post::of(attributes)?,
    })
}

type Leaves = (Vec<(u32, u32)>, Vec<(u32, f64)>);

/// What each leaf gives, in the order of the lists.
fn leaves(
    attributes: &Attributes<'_>,
    stem: &str,
    places: &HashMap<(i64, i64), u32>,
    n_leaves: usize,
) -> Result<Leaves, String> {
    let trees = needed(attributes, &format!("{stem}_treeids"))?;
    let nodes = needed(attributes, &format!("{stem}_nodeids"))?;
    let outputs = needed(attributes, &format!("{stem}_ids"))?;
    let numbers = numbers(attributes, &format!("{stem}_weights"))?;
    same_length(&[trees.len(), nodes.len(), outputs.len(), numbers.len()])?;
    let mut all = Vec::with_capacity(trees.len());
    for i in 0..trees.len() {
        let place = places.get(&(trees[i], nodes[i])).copied();
        let place = place.ok_or_else(|| format!("tree {} has no node {}", trees[i], nodes[i]))?;
        // Some writers give weights to inner nodes, which no row ever asks for.
        if place & LEAF != 0 {
            all.push((place & !LEAF, feature(outputs[i])?, numbers[i]));
        }
    }
    // Stable: the weights of a leaf keep their order.
    all.sort_by_key(|(leaf, _, _)| *leaf);
    let mut spans = vec![(0, 0); n_leaves];
    let mut start = 0;
    for (leaf, span) in spans.iter_mut().enumerate() {
        let count = all[start..]
            .iter()
            .take_while(|(l, _, _)| *l as usize == leaf);
        let end = start + count.count();
        *span = (start as u32, end as u32);
        start = end;
    }
    let weights = all.into_iter().map(|(_, output, weight)| (output, weight));
    Ok((spans, weights.collect()))
}

/// The rows of an input as 64-bit numbers.
fn rows<'a>(
    input: &'a Tensor,
    needed: usize,
) -> Result<(std::borrow::Cow<'a, [f64]>, usize, usize), String> {
    let (n, p) = input.rows_and_columns()?;
    if p < needed {
        return Err(format!(
            "there are {p} features, and the trees ask for {needed}"
        ));
    }
    Ok((input.doubles()?, n, p))
}

pub(super) fn regressor(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let n_targets = attributes.int("n_targets")?.unwrap_or(1);
    let n_targets = n_outputs(n_targets)?;
    let mut ensemble = listed(attributes, "target", n_targets)?;
    ensemble.aggregate = match attributes.text("aggregate_function")?.as_deref() {
        None | Some("SUM") => Aggregate::Sum,
        Some("AVERAGE") => Aggregate::Average,
        Some("MIN") => Aggregate::Min,
        Some("MAX") => Aggregate::Max,
        Some(other) => return Err(format!("there is no aggregate_function {other}")),
    };
    if !matches!(ensemble.base.len(), 0) && ensemble.base.len() != n_targets {
        return Err("base_values and targets differ in number".to_owned());
    }
    // The answers are 32-bit numbers, whatever the features are.
    answering(ensemble, |_| Kind::Float)
}

fn n_outputs(n: i64) -> Result<usize, String> {
    let n = usize::try_from(n)
        .ok()
        .filter(|n| (1..=1_000_000).contains(n));
    n.ok_or_else(|| "its number of outputs makes no sense".to_owned())
}

fn answering(ensemble: Ensemble, kind: fn(Kind) -> Kind) -> Result<Kernel, String> {
    ensemble.check()?;
    let needed = ensemble.n_features();
    one(move |inputs| {
        let input = inputs.get(0)?;
        let (x, n, p) = rows(input, needed)?;
        super::super::value::n_elements(&[n, ensemble.n_outputs])?;
        let answers = ensemble.answers(&x, p, n);
        real(kind(input.kind()), vec![n, ensemble.n_outputs], answers)
    })
}

/// Version 5: nodes and leaves in lists of their own.
pub(super) fn ensemble(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    attributes.ignore(&["nodes_hitrates"]);
    let of = |name: &str| {
        attributes
            .tensor(name)?
            .ok_or_else(|| format!("{name} is missing"))
    };
    let values = of("nodes_splits")?.doubles()?.into_owned();
    let modes = of("nodes_modes")?;
    let Data::Int32(modes) = modes.data() else {
        return Err("nodes_modes must be of small whole numbers".to_owned());
    };
    let features = needed(attributes, "nodes_featureids")?;
    let (yes, no) = (
        needed(attributes, "nodes_truenodeids")?,
        needed(attributes, "nodes_falsenodeids")?,
    );
    let (yes_leaf, no_leaf) = (
        needed(attributes, "nodes_trueleafs")?,
        needed(attributes, "nodes_falseleafs")?,
    );
    let n = features.len();
    let lengths = [yes.len(), no.len(), yes_leaf.len(), no_leaf.len()];
    same_length(&[&[n, values.len(), modes.len()], lengths.as_slice()].concat())?;
    let missing = missing(attributes, n)?;
    let place = |id: i64, is_leaf: i64| -> Result<u32, String> {
        let id = u32::try_from(id).ok().filter(|id| *id < LEAF);
        let id = id.ok_or("a branch of a tree leads nowhere")?;
        Ok(if is_leaf == 0 { id } else { id | LEAF })
    };
    let sets = match attributes.tensor("membership_values")? {
        Some(tensor) => tensor
            .doubles()?
            .split(|v| v.is_nan())
            .map(<[f64]>::to_vec)
            .collect(),
        None => Vec::new(),
    };
    let mut n_members = 0;
    let mut splits = Vec::with_capacity(n);
    for i in 0..n {
        let mode = Mode::of_number(modes[i]).ok_or("a node has an unknown mode")?;
        let mut value = values[i];
        if mode == Mode::Member {
            value = f64::from(n_members);
            n_members += 1;
        }
        splits.push(Split {
            value,
            feature: feature(features[i])?,
            yes: place(yes[i], yes_leaf[i])?,
            no: place(no[i], no_leaf[i])?,
            mode,
            missing_is_yes: missing[i],
        });
    }
    let targets = needed(attributes, "leaf_targetids")?;
    let weights = of("leaf_weights")?.doubles()?.into_owned();
    same_length(&[targets.len(), weights.len()])?;
    let outputs = targets.iter().map(|t| feature(*t));
    let outputs: Vec<u32> = outputs.collect::<Result<_, _>>()?;
    let roots = needed(attributes, "tree_roots")?
        .iter()
        .map(|r| place(*r, 0));
    let aggregate = match attributes.int("aggregate_function")?.unwrap_or(1) {
        0 => Aggregate::Average,
        1 => Aggregate::Sum,
        2 => Aggregate::Min,
        3 => Aggregate::Max,
        other => return Err(format!("there is no aggregate_function {other}")),
    };
    let ensemble = Ensemble {
        roots: roots.collect::<Result<_, String>>()?,
        splits,
        leaves: (0..targets.len() as u32).map(|i| (i, i + 1)).collect(),
        weights: outputs.into_iter().zip(weights).collect(),
        sets,
        n_outputs: n_outputs(attributes.int("n_targets")?.unwrap_or(1))?,
        aggregate,
        base: Vec::new(),
        post: Post::of_number(attributes.int("post_transform")?.unwrap_or(0))?,
    };
    answering(ensemble, |kind| kind)
}

/// The label and the scores. Where two classes have one score, the rules are onnxruntime's.
pub(super) fn classifier(attributes: &Attributes<'_>) -> Result<Kernel, String> {
    let labels = Labels::of(attributes, "classlabels_int64s", "classlabels_strings")?;
    let k = labels.len();
    let ensemble = listed(attributes, "class", k)?;
    ensemble.check()?;
    if ensemble.base.len() > k {
        return Err("base_values and classes differ in number".to_owned());
    }
    let needed = ensemble.n_features();
    let first = ensemble.weights.first().map(|(output, _)| *output);
    let rules = Rules {
        one_score: k == 2 && ensemble.weights.iter().all(|(o, _)| Some(*o) == first),
        all_positive: ensemble.weights.iter().all(|(_, w)| *w >= 0.0),
    };
    Ok(Box::new(move |inputs| {
        let (x, n, p) = rows(inputs.get(0)?, needed)?;
        super::super::value::n_elements(&[n, k])?;
        let Sums { values, is_given } = ensemble.sums(&x, p, n);
        let (mut classes, mut scores) = (Vec::with_capacity(n), Vec::with_capacity(n * k));
        for (sums, given) in values.chunks(k).zip(is_given.chunks(k)) {
            let (class, row) = if k == 2 {
                rules.two(&ensemble, [sums[0], sums[1]], given[1])
            } else {
                several(&ensemble, sums, given)
            };
            classes.push(class);
            scores.extend(row);
        }
        Ok(vec![
            labels.chosen(&classes)?,
            real(Kind::Float, vec![n, k], scores)?,
        ])
    }))
}

/// The largest of those that any leaf spoke of.
fn several(ensemble: &Ensemble, sums: &[f64], given: &[bool]) -> (usize, Vec<f64>) {
    let base = |i: usize| ensemble.base.get(i).copied();
    let mut scores = Vec::with_capacity(sums.len());
    let mut ranked = Vec::with_capacity(sums.len());
    for (i, (sum, given)) in sums.iter().zip(given).enumerate() {
        let score = sum + base(i).unwrap_or(0.0);
        scores.push(score);
        let counts = *given || base(i).is_some();
        ranked.push(if counts { score } else { f64::NEG_INFINITY });
    }
    let class = largest(&ranked);
    ensemble.post.apply(&mut scores);
    (class, scores)
}

/// How two classes come of their scores.
struct Rules {
    /// All leaves speak of the same class.
    one_score: bool,
    /// No leaf has a negative weight: then sums are probabilities.
    all_positive: bool,
}

impl Rules {
    fn two(&self, ensemble: &Ensemble, sums: [f64; 2], second_given: bool) -> (usize, Vec<f64>) {
        let base = &ensemble.base;
        let [mut first, mut second] = sums;
        // One score is that of the second class, wherever it stands.
        let is_single = match base.len() {
            2 if self.one_score => {
                second = base[1] + if second_given { second } else { first };
                first = -second;
                false
            }
            2 => {
                first += base[0];
                second += base[1];
                false
            }
            n => {
                first += if n == 1 { base[0] } else { 0.0 };
                !second_given
            }
        };
        let decisive = if is_single { first } else { second };
        let bar = if self.one_score && self.all_positive {
            0.5
        } else {
            0.0
        };
        let class = if self.one_score {
            usize::from(decisive > bar)
        } else {
            usize::from(second > first)
        };
        if !is_single {
            let mut scores = vec![first, second];
            ensemble.post.apply(&mut scores);
            return (class, scores);
        }
        let scores = match ensemble.post {
            Post::Logistic => vec![logistic(-first), logistic(first)],
            _ if self.one_score && self.all_positive => vec![1.0 - first, first],
            Post::Probit => {
                let mut scores = vec![first];
                ensemble.post.apply(&mut scores);
                vec![1.0 - scores[0], scores[0]]
            }
            _ => vec![-first, first],
        };
        (class, scores)
    }
}
