//! Contributions of trees against the definition: all sets of known features, one by one.

use super::{model, numbers, table};
use crate::domain::work::Quiet;
use crate::explain::draw::order;
use crate::explain::trees::covers;
use crate::explain::{
    DependenceJob, Effort, ExplainError, Ground, contributions, explain_row, partial_dependence,
    summarise,
};
use crate::feature::Encoding;
use crate::model::{Estimator, Forest, GaussianNb, Linear, Link, NbClass, Node, Tree};
use ndarray::{Array2, ArrayView1};

/// Looks random, from 0 to below 1.
fn some(i: usize, salt: usize) -> f64 {
    let mixed = (i + 1)
        .wrapping_mul(2_654_435_761)
        .wrapping_add(salt * 40_503_919);
    (mixed.wrapping_mul(mixed ^ 0x5bd1_e995) >> 13) as f64 % 10_007.0 / 10_007.0
}

fn rows(n: usize, n_columns: usize) -> Vec<Vec<f64>> {
    let value = |i: usize| f64::from(some(i, 7) as f32);
    (0..n)
        .map(|row| (0..n_columns).map(|j| value(row * n_columns + j)).collect())
        .collect()
}

/// A tree that asks for random features, again and again for the same ones on its way.
fn random_tree(depth: usize, n_features: usize, salt: usize) -> Tree {
    let mut tree = Tree::default();
    grow(&mut tree, depth, n_features, salt);
    tree
}

fn grow(tree: &mut Tree, depth: usize, n_features: usize, salt: usize) -> u32 {
    let at = tree.nodes.len();
    tree.nodes.push(Node {
        feature: 0,
        threshold: 0.0,
        left: 0,
        right: 0,
    });
    if depth == 0 || (depth < 3 && some(at, salt) < 0.2) {
        tree.nodes[at].right = tree.answers.len() as u32;
        tree.answers.push(some(at, salt + 1) * 4.0 - 2.0);
        return at as u32;
    }
    let left = grow(tree, depth - 1, n_features, salt + 3);
    let right = grow(tree, depth - 1, n_features, salt + 5);
    tree.nodes[at] = Node {
        feature: (some(at, salt + 2) * n_features as f64) as u32,
        threshold: some(at, salt + 4) as f32,
        left,
        right,
    };
    at as u32
}

/// The answer where only some features are known (a bit each): branches on others are weighed by their rows.
fn expectation(
    tree: &Tree,
    covers: &[f64],
    row: ArrayView1<'_, f64>,
    known: u32,
    at: usize,
) -> f64 {
    let node = &tree.nodes[at];
    if node.is_leaf() {
        return tree.answers[node.right as usize];
    }
    let (left, right) = (node.left as usize, node.right as usize);
    let below = |child| expectation(tree, covers, row, known, child);
    if known & (1 << node.feature) != 0 {
        let goes_right = row[node.feature as usize] > f64::from(node.threshold);
        return below(if goes_right { right } else { left });
    }
    if covers[at] == 0.0 {
        return f64::midpoint(below(left), below(right));
    }
    (covers[left] * below(left) + covers[right] * below(right)) / covers[at]
}

fn factorial(n: u32) -> f64 {
    (1..=n).map(f64::from).product()
}

/// Shapley's formula, over all sets.
fn shapley(n: usize, value: impl Fn(u32) -> f64) -> Vec<f64> {
    let of = |i: usize| {
        let mut sum = 0.0;
        for set in (0..1_u32 << n).filter(|set| set & (1 << i) == 0) {
            let size = set.count_ones();
            let weight = factorial(size) * factorial(n as u32 - size - 1) / factorial(n as u32);
            sum += weight * (value(set | 1 << i) - value(set));
        }
        sum
    };
    (0..n).map(of).collect()
}

fn forest(trees: Vec<Tree>, n_features: usize) -> crate::model::Model {
    let forest = Forest {
        trees,
        n_classes: None,
        n_features,
    };
    model(
        numbers(n_features),
        Encoding::Ordinal,
        Estimator::Forest(forest),
    )
}

#[test]
fn a_tree_gives_what_the_definition_gives() {
    let n_features = 7;
    let training = rows(60, n_features);
    let x = Array2::from_shape_fn((60, n_features), |(i, j)| training[i][j]);
    let mut n_empty = 0;
    for salt in [11, 23, 57, 91] {
        for depth in [1, 2, 4, 9] {
            let tree = random_tree(depth, n_features, salt);
            let weights = covers(std::slice::from_ref(&tree), x.view()).remove(0);
            n_empty += weights.iter().filter(|w| **w == 0.0).count();
            let forest = forest(vec![tree.clone()], n_features);
            let ground = Ground::of(&forest, &table(&training), 1).unwrap();
            let explained = rows(12, n_features);
            let quick = (Effort::ManyRows, 1);
            let found =
                contributions(&forest, &ground, 0, &table(&explained), quick, &Quiet).unwrap();
            for (i, row) in explained.iter().enumerate() {
                let row = ArrayView1::from(row.as_slice());
                let exact = shapley(n_features, |set| expectation(&tree, &weights, row, set, 0));
                for (j, exact) in exact.iter().enumerate() {
                    let found = found.values[[i, j]];
                    assert!((found - exact).abs() < 1e-12, "{found} instead of {exact}");
                }
                let base = expectation(&tree, &weights, row, 0, 0);
                assert!((found.base - base).abs() < 1e-12);
                let answer = expectation(&tree, &weights, row, u32::MAX, 0);
                assert!((found.outputs()[i] - answer).abs() < 1e-12);
            }
        }
    }
    assert!(
        n_empty > 20,
        "nodes without training rows were among them: {n_empty}"
    );
}

#[test]
fn long_ways_over_many_features_still_add_up() {
    // A comb 60 splits deep, with a feature of its own at each.
    let n = 60;
    let mut tree = Tree::default();
    for i in 0..n {
        let at = 2 * i as u32;
        tree.nodes.push(Node {
            feature: i as u32,
            threshold: 0.02,
            left: at + 1,
            right: at + 2,
        });
        tree.nodes.push(Node {
            feature: 0,
            threshold: 0.0,
            left: 0,
            right: i as u32,
        });
        tree.answers.push(i as f64);
    }
    tree.nodes.push(Node {
        feature: 0,
        threshold: 0.0,
        left: 0,
        right: n as u32,
    });
    tree.answers.push(100.0);
    let forest = forest(vec![tree], n);
    let training = table(&rows(400, n));
    let ground = Ground::of(&forest, &training, 1).unwrap();
    let some = training.slice(0, 50);
    let quick = (Effort::ManyRows, 1);
    let found = contributions(&forest, &ground, 0, &some, quick, &Quiet).unwrap();
    let crate::domain::prediction::Predictions::Values(answers) = forest.predict(&some).unwrap()
    else {
        panic!("numbers")
    };
    for (output, answer) in found.outputs().into_iter().zip(answers) {
        assert!(
            (output - answer).abs() < 1e-9,
            "{output} instead of {answer}"
        );
    }
}

#[test]
fn sampled_contributions_of_a_sum_are_exact() {
    // Without interactions every order says the same of each training row.
    let class = |k: u32, means: Vec<f64>| NbClass {
        class: k,
        prior: 0.5,
        means,
        variances: vec![1.0; 3],
    };
    let bayes = GaussianNb {
        classes: vec![class(0, vec![0.0; 3]), class(1, vec![1.0, 0.0, 0.0])],
        n_classes: 2,
    };
    let bayes = model(numbers(3), Encoding::OneHot, Estimator::GaussianNb(bayes));
    let training = table(&rows(300, 3));
    let ground = Ground::of(&bayes, &training, 5).unwrap();
    let one = explain_row(&bayes, &ground, 1, (&training, 17), 5, &Quiet).unwrap();
    assert_eq!(one.columns[0].column, "x0");
    assert!(one.columns[0].contribution.abs() > 0.001);
    for unread in &one.columns[1..] {
        // Both classes add the same for it, up to rounding.
        assert!(unread.contribution.abs() < 1e-14, "{}", unread.column);
        assert!(unread.standard_error.unwrap() < 1e-14);
    }
    let sum: f64 = one.columns.iter().map(|c| c.contribution).sum();
    assert!((one.base + sum - one.probabilities[1]).abs() < 1e-12);
    assert_eq!(one.output, one.base + sum);
}

#[test]
fn what_does_not_exist_is_refused_in_words() {
    let linear = Linear {
        coefficients: vec![vec![1.0, 2.0]],
        intercepts: vec![0.5],
        link: Link::Identity,
    };
    let model = model(numbers(2), Encoding::OneHot, Estimator::Linear(linear));
    let training = table(&rows(20, 2));
    let ground = Ground::of(&model, &training, 1).unwrap();
    let row = explain_row(&model, &ground, 0, (&training, 20), 1, &Quiet);
    assert_eq!(
        row,
        Err(ExplainError::NoRow {
            row: 20,
            n_rows: 20
        })
    );
    let class = summarise(&model, &ground, 1, &training, 1, &Quiet);
    assert_eq!(
        class,
        Err(ExplainError::NoClass {
            class: 1,
            n_classes: 1
        })
    );
    let job = DependenceJob {
        model: &model,
        table: &training,
        column: "x9",
        class: 0,
        seed: 1,
    };
    let dependence = partial_dependence(&job, &Quiet);
    assert!(matches!(dependence, Err(ExplainError::NoColumn { .. })));
    let stopped = partial_dependence(
        &DependenceJob {
            column: "x1",
            ..job
        },
        &crate::domain::work::Stopping,
    );
    assert_eq!(stopped, Err(ExplainError::Stopped));
    let nothing = Ground::of(&model, &training.slice(0, 0), 1);
    assert!(matches!(nothing, Err(ExplainError::NoRows)));
}

#[test]
fn each_unit_of_work_has_an_order_of_its_own() {
    let one = order(50, 1, "a");
    assert_eq!(one, order(50, 1, "a"));
    assert_ne!(one, order(50, 1, "b"));
    assert_ne!(one, order(50, 2, "a"));
    let mut sorted = one;
    sorted.sort_unstable();
    assert_eq!(sorted, (0..50).collect::<Vec<_>>());
}
