//! From the features to the answers: `n × n_outputs` numbers of 32 bits.

use super::corrections;
use super::graph::{Builder, double_tensor, int, ints, tensor, text, texts};
use super::proto::element;
use crate::model::{
    Binarized, Blend, Boosted, Constant, Estimator, Forest, GaussianNb, KernelMachine, Linear,
    Link, Tree,
};

/// Adds an estimator behind the features.
pub(super) fn answers(graph: &mut Builder, estimator: &Estimator, features: &str) -> String {
    let wide = wide_answers(graph, estimator, features);
    graph.cast(&wide, element::FLOAT)
}

/// The answers in 64 bits.
fn wide_answers(graph: &mut Builder, estimator: &Estimator, features: &str) -> String {
    match estimator {
        Estimator::Constant(Constant::Probabilities(p)) => constant(graph, features, p),
        Estimator::Constant(Constant::Value(value)) => constant(graph, features, &[*value]),
        Estimator::Linear(model) => linear(graph, features, model),
        Estimator::GaussianNb(model) => naive_bayes(graph, features, model),
        Estimator::Forest(model) => forest(graph, features, model),
        Estimator::Boosted(model) => boosted(graph, features, model),
        Estimator::Binarized(model) => binarized(graph, features, model),
        Estimator::KernelMachine(model) => kernel_machine(graph, features, model),
        Estimator::Calibrated(model) => {
            let answers = wide_answers(graph, &model.inner, features);
            corrections::calibrated(graph, &answers, &model.maps)
        }
        Estimator::Blend(model) => blend(graph, features, model),
        // It is a file already, which `to_onnx` gives as it is.
        Estimator::Imported(_) => features.to_owned(),
    }
}

/// The members' answers, weighted and added up; each member gets its own features of all.
fn blend(graph: &mut Builder, features: &str, model: &Blend) -> String {
    let mut sum: Option<String> = None;
    for member in &model.members {
        let (first, n) = model.features_of(member.encoding);
        let own = columns(graph, features, first, first + n);
        let answers = wide_answers(graph, &member.estimator, &own);
        let weight = graph.doubles(vec![member.weight], &[1, 1]);
        let weighted = graph.op("Mul", &[&answers, &weight], Vec::new());
        sum = Some(match sum {
            Some(sum) => graph.op("Add", &[&sum, &weighted], Vec::new()),
            None => weighted,
        });
    }
    sum.unwrap_or_default()
}

/// Some columns of a matrix: from `first` up to and without `end`.
pub(super) fn columns(graph: &mut Builder, matrix: &str, first: usize, end: usize) -> String {
    let starts = graph.integers(vec![first as i64], &[1]);
    let ends = graph.integers(vec![end as i64], &[1]);
    let axes = graph.integers(vec![1], &[1]);
    graph.op("Slice", &[matrix, &starts, &ends, &axes], Vec::new())
}

fn binarized(graph: &mut Builder, features: &str, model: &Binarized) -> String {
    let p = model.thresholds.len();
    let thresholds = graph.doubles(model.thresholds.clone(), &[1, p]);
    let truths = graph.op("Greater", &[features, &thresholds], Vec::new());
    let truths = graph.cast(&truths, element::DOUBLE);
    linear(graph, &truths, &model.linear)
}

/// `‖x − s‖² = ‖x‖² + ‖s‖² − 2 x·s`, so that no runtime needs a tensor of rows by vectors by features.
fn kernel_machine(graph: &mut Builder, features: &str, model: &KernelMachine) -> String {
    let (n, k) = (model.vectors.len(), model.intercepts.len());
    let intercepts = model.intercepts.clone();
    if n == 0 {
        let scores = constant(graph, features, &intercepts);
        return linked(graph, scores, &model.link);
    }
    let p = model.vectors[0].len();
    let lengths = model.vectors.iter();
    let lengths = lengths.map(|v| v.iter().map(|x| x * x).sum()).collect();
    let lengths = graph.doubles(lengths, &[1, n]);
    let vectors = (0..p).flat_map(|j| model.vectors.iter().map(move |v| -2.0 * v[j]));
    let vectors = graph.doubles(vectors.collect(), &[p, n]);
    let axes = graph.integers(vec![1], &[1]);
    let squares = graph.op("Mul", &[features, features], Vec::new());
    let squares = graph.op("ReduceSum", &[&squares, &axes], vec![int("keepdims", 1)]);
    let products = graph.op("MatMul", &[features, &vectors], Vec::new());
    let sums = graph.op("Add", &[&products, &squares], Vec::new());
    let distances = graph.op("Add", &[&sums, &lengths], Vec::new());
    let gamma = graph.doubles(vec![-model.gamma], &[1, 1]);
    let exponents = graph.op("Mul", &[&distances, &gamma], Vec::new());
    let likeness = graph.op("Exp", &[&exponents], Vec::new());
    let weights = (0..n).flat_map(|i| model.coefficients.iter().map(move |c| c[i]));
    let weights = graph.doubles(weights.collect(), &[n, k]);
    let sums = graph.op("MatMul", &[&likeness, &weights], Vec::new());
    let intercepts = graph.doubles(intercepts, &[1, k]);
    let scores = graph.op("Add", &[&sums, &intercepts], Vec::new());
    linked(graph, scores, &model.link)
}

/// The same answer as often as there are rows.
fn constant(graph: &mut Builder, features: &str, answer: &[f64]) -> String {
    let axes = graph.integers(vec![1], &[1]);
    let sum = graph.op("ReduceSum", &[features, &axes], vec![int("keepdims", 1)]);
    let zero = graph.doubles(vec![0.0], &[1, 1]);
    let zeros = graph.op("Mul", &[&sum, &zero], Vec::new());
    let answer = graph.doubles(answer.to_vec(), &[1, answer.len()]);
    graph.op("Add", &[&zeros, &answer], Vec::new())
}

fn linear(graph: &mut Builder, features: &str, model: &Linear) -> String {
    let k = model.intercepts.len();
    let p = model.coefficients[0].len();
    let weights = (0..p).flat_map(|j| model.coefficients.iter().map(move |row| row[j]));
    let weights = graph.doubles(weights.collect(), &[p, k]);
    let intercepts = graph.doubles(model.intercepts.clone(), &[1, k]);
    let sums = graph.op("MatMul", &[features, &weights], Vec::new());
    let scores = graph.op("Add", &[&sums, &intercepts], Vec::new());
    linked(graph, scores, &model.link)
}

/// Applies the link to `n × n_scores`.
fn linked(graph: &mut Builder, scores: String, link: &Link) -> String {
    match link {
        Link::Identity => scores,
        Link::Logistic => {
            let second = graph.op("Sigmoid", &[&scores], Vec::new());
            let turned = graph.op("Neg", &[&scores], Vec::new());
            let first = graph.op("Sigmoid", &[&turned], Vec::new());
            graph.op("Concat", &[&first, &second], vec![int("axis", 1)])
        }
        Link::Softmax { classes, n_classes } => {
            let shares = graph.op("Softmax", &[&scores], vec![int("axis", 1)]);
            spread(graph, shares, classes, *n_classes)
        }
        Link::OneVsRest { classes, n_classes } => {
            let each = graph.op("Sigmoid", &[&scores], Vec::new());
            let shares = corrections::shares(graph, &each, classes.len());
            spread(graph, shares, classes, *n_classes)
        }
    }
}

/// Puts the shares of some classes into the places of these classes; the others have none.
fn spread(graph: &mut Builder, shares: String, classes: &[u32], n_classes: usize) -> String {
    if classes.iter().copied().eq(0..n_classes as u32) {
        return shares;
    }
    let mut places = vec![0.0; classes.len() * n_classes];
    for (row, class) in classes.iter().enumerate() {
        places[row * n_classes + *class as usize] = 1.0;
    }
    let places = graph.doubles(places, &[classes.len(), n_classes]);
    graph.op("MatMul", &[&shares, &places], Vec::new())
}

/// `log prior − ½ Σ log 2πσ² − ½ Σ (x − μ)²/σ²`, a score a class.
fn naive_bayes(graph: &mut Builder, features: &str, model: &GaussianNb) -> String {
    let (k, p) = (model.classes.len(), model.classes[0].means.len());
    let axes = graph.integers(vec![1], &[1]);
    let rows = graph.op("Unsqueeze", &[features, &axes], Vec::new());
    let all = |of: fn(&crate::model::NbClass) -> &Vec<f64>| {
        model.classes.iter().flat_map(|c| of(c).clone()).collect()
    };
    let means = graph.doubles(all(|c| &c.means), &[1, k, p]);
    let variances = graph.doubles(all(|c| &c.variances), &[1, k, p]);
    let apart = graph.op("Sub", &[&rows, &means], Vec::new());
    let squares = graph.op("Mul", &[&apart, &apart], Vec::new());
    let scaled = graph.op("Div", &[&squares, &variances], Vec::new());
    let last = graph.integers(vec![2], &[1]);
    let sums = graph.op("ReduceSum", &[&scaled, &last], vec![int("keepdims", 0)]);
    let half = graph.doubles(vec![-0.5], &[1, 1]);
    let halves = graph.op("Mul", &[&sums, &half], Vec::new());
    let constants = model.classes.iter().map(|class| {
        let logs = class.variances.iter();
        let logs: f64 = logs.map(|v| (std::f64::consts::TAU * v).ln()).sum();
        class.prior.ln() - 0.5 * logs
    });
    let constants = graph.doubles(constants.collect(), &[1, k]);
    let scores = graph.op("Add", &[&halves, &constants], Vec::new());
    let classes = model.classes.iter().map(|c| c.class).collect();
    let link = Link::Softmax {
        classes,
        n_classes: model.n_classes,
    };
    linked(graph, scores, &link)
}

fn forest(graph: &mut Builder, features: &str, model: &Forest) -> String {
    let k = model.n_classes.unwrap_or(1);
    let mut nodes = Nodes::default();
    let n_trees = model.trees.len() as f64;
    for tree in &model.trees {
        nodes.add(tree, |leaf, nodes, place| {
            for output in 0..k {
                nodes.answer(place, output, tree.answers[leaf * k + output] / n_trees);
            }
        });
    }
    nodes.finish(graph, features, k, &[])
}

fn boosted(graph: &mut Builder, features: &str, model: &Boosted) -> String {
    let k = model.intercepts.len();
    let mut nodes = Nodes::default();
    for (i, tree) in model.trees.iter().enumerate() {
        nodes.add(tree, |leaf, nodes, place| {
            nodes.answer(place, i % k, tree.answers[leaf]);
        });
    }
    let scores = nodes.finish(graph, features, k, &model.intercepts);
    linked(graph, scores, &model.link)
}

/// The nodes of an ensemble, as parallel lists.
#[derive(Default)]
struct Nodes {
    n_trees: i64,
    trees: Vec<i64>,
    ids: Vec<i64>,
    features: Vec<i64>,
    thresholds: Vec<f64>,
    is_leaf: Vec<bool>,
    left: Vec<i64>,
    right: Vec<i64>,
    answer_trees: Vec<i64>,
    answer_ids: Vec<i64>,
    answer_outputs: Vec<i64>,
    answers: Vec<f64>,
}

impl Nodes {
    fn add(&mut self, tree: &Tree, leaf: impl Fn(usize, &mut Self, (i64, i64))) {
        let number = self.n_trees;
        self.n_trees += 1;
        for (id, node) in tree.nodes.iter().enumerate() {
            self.trees.push(number);
            self.ids.push(id as i64);
            self.is_leaf.push(node.is_leaf());
            self.features.push(node.feature.into());
            self.thresholds.push(node.threshold.into());
            let children = if node.is_leaf() {
                (0, 0)
            } else {
                (node.left.into(), node.right.into())
            };
            self.left.push(children.0);
            self.right.push(children.1);
            if node.is_leaf() {
                leaf(node.right as usize, self, (number, id as i64));
            }
        }
    }

    fn answer(&mut self, (tree, id): (i64, i64), output: usize, value: f64) {
        self.answer_trees.push(tree);
        self.answer_ids.push(id);
        self.answer_outputs.push(output as i64);
        self.answers.push(value);
    }

    /// A regressor with several targets: it only adds up, where the classifier would also choose and normalise.
    fn finish(self, graph: &mut Builder, features: &str, k: usize, start: &[f64]) -> String {
        if self.n_trees == 0 {
            return constant(graph, features, start);
        }
        let modes = self
            .is_leaf
            .iter()
            .map(|is_leaf| if *is_leaf { "LEAF" } else { "BRANCH_LEQ" });
        let (n_nodes, n_answers) = (self.thresholds.len(), self.answers.len());
        let mut attributes = vec![
            text("aggregate_function", "SUM"),
            text("post_transform", "NONE"),
            int("n_targets", k as i64),
            ints("nodes_treeids", self.trees),
            ints("nodes_nodeids", self.ids),
            ints("nodes_featureids", self.features),
            texts("nodes_modes", modes),
            tensor(
                "nodes_values_as_tensor",
                double_tensor(self.thresholds, &[n_nodes]),
            ),
            ints("nodes_truenodeids", self.left),
            ints("nodes_falsenodeids", self.right),
            ints("target_treeids", self.answer_trees),
            ints("target_nodeids", self.answer_ids),
            ints("target_ids", self.answer_outputs),
            tensor(
                "target_weights_as_tensor",
                double_tensor(self.answers, &[n_answers]),
            ),
        ];
        if !start.is_empty() {
            attributes.push(tensor(
                "base_values_as_tensor",
                double_tensor(start.to_vec(), &[k]),
            ));
        }
        let sums = graph.ml("TreeEnsembleRegressor", features, attributes);
        graph.cast(&sums, element::DOUBLE)
    }
}
