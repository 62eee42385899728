//! The steps and gates of the pipeline as nodes: which there are, what they wait for, where each stands in a run.

use super::super::runs::record;
use crate::domain::gate::ModelVerdict;
use crate::domain::pipeline::{PipelineSpec, TrainStart};
use crate::domain::run::{RunRecord, StepKind, StepRecord, StepState};
use crate::domain::training::{CandidateResult, TrainingReport};
use crate::gui::widgets::{
    gate::GateState,
    number,
    pipeline::{Node, NodeKind, Part},
    step,
};
use crate::workspace::snapshot::LiveRun;

/// What a run says of the nodes.
#[derive(Clone, Copy)]
pub(super) struct Standing<'a> {
    /// The run, if there is one.
    pub(super) run: Option<&'a RunRecord>,
    /// How far it is while it works.
    pub(super) live: Option<&'a LiveRun>,
    /// Its leaderboard, once it is read.
    pub(super) report: Option<&'a TrainingReport>,
    /// Milliseconds since 1970.
    pub(super) now: i64,
}

/// The steps that a pipeline has, in order.
pub(super) fn kinds(spec: &PipelineSpec) -> Vec<StepKind> {
    let steps = &spec.steps;
    let is_there = |kind: &StepKind| match kind {
        StepKind::Validate => steps.validate.is_some(),
        StepKind::ValidateModel => steps.validate_model.is_some(),
        StepKind::Push => steps.push.is_some(),
        _ => true,
    };
    StepKind::ALL.into_iter().filter(is_there).collect()
}

/// What waits for what, as places in `kinds`; ways that are implied by longer ones are left out.
pub(super) fn edges(kinds: &[StepKind], spec: &PipelineSpec) -> Vec<(usize, usize)> {
    use StepKind as K;
    let mut ways = vec![
        (K::Ingest, K::Statistics),
        (K::Statistics, K::Schema),
        (K::Schema, K::Transform),
        (K::Transform, K::Train),
        (K::Train, K::Evaluate),
    ];
    if spec.steps.validate.is_some() {
        let gated = match spec.steps.train.start {
            TrainStart::WithValidation => K::Evaluate,
            TrainStart::AfterValidation => K::Train,
        };
        ways.extend([(K::Schema, K::Validate), (K::Validate, gated)]);
    }
    if spec.steps.validate_model.is_some() {
        ways.extend([(K::Evaluate, K::ValidateModel), (K::ValidateModel, K::Push)]);
    } else {
        ways.push((K::Evaluate, K::Push));
    }
    let place = |kind| kinds.iter().position(|k| *k == kind);
    ways.into_iter()
        .filter_map(|(from, to)| Some((place(from)?, place(to)?)))
        .collect()
}

/// One node a step. Folded, steps that only wait for one another stand below one another.
pub(super) fn nodes(
    kinds: &[StepKind],
    spec: &PipelineSpec,
    standing: Standing<'_>,
    is_folded: bool,
) -> Vec<Node> {
    let has_gate = spec.steps.validate.is_some();
    kinds
        .iter()
        .map(|&kind| {
            let record = standing.run.and_then(|r| r.step(kind));
            let node = match kind {
                StepKind::Validate => data_gate(record, standing),
                StepKind::ValidateModel => model_gate(record, standing),
                _ => step_node(kind, record, spec, standing),
            };
            if is_folded {
                let (column, lane) = folded(kind, spec);
                return without_scores(node).column(column).lane(lane);
            }
            without_scores(node).lane(usize::from(
                has_gate && matches!(kind, StepKind::Transform | StepKind::Train),
            ))
        })
        .collect()
}

/// The node with room for its candidates' names; their scores stand in the time line, too.
fn without_scores(mut node: Node) -> Node {
    if let NodeKind::Step { parts, .. } = &mut node.kind {
        for part in parts {
            part.result.clear();
        }
    }
    node
}

/// Column and lane of a step in the folded graph.
fn folded(kind: StepKind, spec: &PipelineSpec) -> (usize, usize) {
    match kind {
        StepKind::Ingest => (0, 0),
        StepKind::Statistics => (1, 0),
        StepKind::Schema => (1, 1),
        StepKind::Validate => (2, 0),
        StepKind::Transform => (2, 1),
        StepKind::Train => (3, 1),
        StepKind::Evaluate => (4, 0),
        StepKind::ValidateModel => (5, 0),
        StepKind::Push => (5, usize::from(spec.steps.validate_model.is_some())),
    }
}

fn data_gate(record: Option<&StepRecord>, standing: Standing<'_>) -> Node {
    let (word, state) = match standing.run.and_then(|r| r.data_verdict) {
        Some(verdict) => (verdict.word().to_owned(), record::data_gate(verdict)),
        None => undecided(record),
    };
    Node::gate(StepKind::Validate.title(), word, state)
}

fn model_gate(record: Option<&StepRecord>, standing: Standing<'_>) -> Node {
    let (word, state) = match standing.run.and_then(|r| r.model_verdict) {
        Some(verdict) => {
            let state = match verdict {
                ModelVerdict::Blessed => GateState::Open,
                ModelVerdict::NotBlessed => GateState::Shut,
            };
            (record::model_word(verdict).to_owned(), state)
        }
        None => undecided(record),
    };
    Node::gate(StepKind::ValidateModel.title(), word, state)
}

fn undecided(record: Option<&StepRecord>) -> (String, GateState) {
    match record.map(|r| r.state) {
        Some(StepState::Running) => ("judging…".to_owned(), GateState::Waiting),
        Some(StepState::Failed) => ("failed".to_owned(), GateState::Shut),
        Some(StepState::Canceled) => ("not asked".to_owned(), GateState::Waiting),
        _ => ("waiting".to_owned(), GateState::Waiting),
    }
}

fn step_node(
    kind: StepKind,
    record: Option<&StepRecord>,
    spec: &PipelineSpec,
    standing: Standing<'_>,
) -> Node {
    let is_live = standing.live.is_some();
    let state = record.map_or(step::StepState::Waiting, |r| record::step_state(r, is_live));
    let progress = standing.live.and_then(|l| l.progress.get(&kind));
    let detail = match (state, record, progress) {
        (step::StepState::Running, _, Some(p)) if p.total > 0 => {
            number::part_done(p.done, p.total, &p.what)
        }
        (step::StepState::Done, Some(r), _) => {
            number::duration(record::step_duration(r, standing.now))
        }
        (step::StepState::Failed, Some(r), _) if r.state == StepState::Running => {
            "interrupted".to_owned()
        }
        _ => String::new(),
    };
    let mut node = Node::step(kind.title(), detail, state);
    if let Some(p) = progress.filter(|p| p.total > 0) {
        node = node.share(p.done as f32 / p.total as f32);
    }
    if kind == StepKind::Train {
        let parts = spec
            .steps
            .train
            .candidates
            .iter()
            .map(|c| part(&c.name, record, state, standing));
        node = node.parts(parts.collect());
    }
    node
}

/// Where a candidate stands: known by its finished units and by what the step is at.
fn part(
    name: &str,
    record: Option<&StepRecord>,
    state: step::StepState,
    standing: Standing<'_>,
) -> Part {
    use step::StepState as S;
    let n_units = record.map_or(0, |r| r.units.iter().filter(|u| u.lane == name).count());
    let n_all = record.map_or(1, units_each);
    let result = standing
        .report
        .and_then(|r| r.candidates.iter().find(|c| c.name == name));
    let state = match state {
        S::Running if n_units >= n_all => S::Done,
        S::Running if at_work(standing.live).iter().any(|lane| lane == name) => S::Running,
        S::Running => S::Waiting,
        S::Done | S::Cached if result.is_some_and(|r| r.error.is_some()) => S::Failed,
        other => other,
    };
    Part {
        name: name.to_owned(),
        state,
        share: (state == S::Running).then_some(n_units as f32 / n_all as f32),
        result: score(result, standing.report),
    }
}

fn score(result: Option<&CandidateResult>, report: Option<&TrainingReport>) -> String {
    match (result, report) {
        (Some(result), Some(report)) if result.error.is_none() => {
            number::metric(result.mean_of(report.metric))
        }
        _ => String::new(),
    }
}

/// The candidates that training is at.
pub(super) fn at_work(live: Option<&LiveRun>) -> &[String] {
    live.and_then(|l| l.progress.get(&StepKind::Train))
        .map_or(&[], |p| &p.lanes)
}

/// Units of work of each candidate: its folds, and all rows.
pub(super) fn units_each(step: &StepRecord) -> usize {
    let folds = step
        .params
        .pointer("/train/folds")
        .and_then(serde_json::Value::as_u64);
    folds.and_then(|n| usize::try_from(n).ok()).unwrap_or(5) + 1
}
