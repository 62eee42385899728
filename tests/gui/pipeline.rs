//! The pipeline room, driven by its labels: the graph, running and stopping, the form and its problems.

use crate::fixtures::{NOW, Stage, failing, fresh_snapshot, loading};
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use lockkeeper::domain::Failure;
use lockkeeper::domain::gate::ModelVerdict;
use lockkeeper::domain::ids::JobId;
use lockkeeper::domain::pipeline::TrainStart;
use lockkeeper::domain::preparation::Preparation;
use lockkeeper::domain::run::{RunState, StepKind, StepState};
use lockkeeper::gui::action::{Action, Purpose};
use lockkeeper::gui::panels::pipeline::Pipeline;
use lockkeeper::workspace::Command;
use lockkeeper::workspace::snapshot::{LiveRun, Snapshot, StepProgress};

/// The usual workspace, with algorithms that the engine knows: the form asks the planner for problems.
fn snapshot() -> Snapshot {
    let mut snapshot = crate::fixtures::snapshot();
    if let Ok(spec) = &mut snapshot.pipeline {
        spec.steps.train.candidates[2].algorithm = "naive_bayes".to_owned();
    }
    for info in snapshot.algorithms.iter_mut().filter(|a| a.id == "bayes") {
        info.id = "naive_bayes".to_owned();
    }
    snapshot
}

/// A run at work: the data gate has decided, training is at its second candidate.
fn at_work() -> Snapshot {
    let mut snapshot = snapshot();
    let mut record = crate::fixtures::run(3, NOW - 31_000, 3, true);
    record.state = RunState::Running;
    (record.finished, record.model_verdict, record.promoted) = (None, None, None);
    for step in &mut record.steps {
        let is_begun = step.started.is_some_and(|at| at < NOW);
        match step.kind {
            StepKind::Train => {
                step.state = StepState::Running;
                step.finished = None;
                step.outputs.clear();
                step.started = Some(NOW - 27_000);
                step.units.retain(|u| u.lane == "logistic");
                for (i, unit) in step.units.iter_mut().enumerate() {
                    unit.started = NOW - 26_500 + i as i64 * 2_000;
                    unit.finished = unit.started + 1_900;
                }
            }
            StepKind::Validate => step.finished = step.started.map(|at| at + 6_000),
            StepKind::Evaluate | StepKind::ValidateModel | StepKind::Push => {
                step.state = StepState::New;
                (step.started, step.finished) = (None, None);
                step.outputs.clear();
            }
            _ => assert!(is_begun),
        }
    }
    let progress = StepProgress {
        done: 7,
        total: 18,
        what: "forest · fold 2".to_owned(),
        lanes: vec!["forest".to_owned(), "logistic".to_owned()],
    };
    snapshot.runs.insert(0, record.clone());
    snapshot.live = Some(LiveRun {
        job: JobId(1),
        record,
        progress: [(StepKind::Train, progress)].into(),
        is_stopping: false,
    });
    snapshot
}

fn interrupted() -> Snapshot {
    let mut snapshot = at_work();
    snapshot.live = None;
    snapshot.runs[0].state = RunState::Interrupted;
    snapshot
}

fn stage() -> Stage {
    Stage::new(Pipeline::default()).with(Some(snapshot()))
}

fn at_step(step: StepKind) -> Stage {
    let mut stage = stage();
    stage.selection.step = Some(step);
    stage
}

fn click(harness: &mut Harness<'_, Stage>, label: &str) {
    // Not by the pointer: what stands below the fold can be pressed, too.
    harness.get_by_label(label).click_accesskit();
    harness.run_ok();
}

#[test]
fn the_graph_shows_the_gates_words_and_selecting_a_step_shows_its_facts_and_form() {
    let mut harness = stage().harness();
    harness.get_by_label("Data gate: open, with a warning, RETRAIN");
    harness.get_by_label("Model gate: shut, NOT BLESSED");
    harness.get_by_label_contains("Run 2 not blessed: ");
    assert!(
        harness.query_all_by_label_contains("Train: done").count() >= 2,
        "node and line of the Gantt"
    );
    harness
        .get_all_by_label_contains("Schema: cached")
        .next()
        .unwrap()
        .click();
    harness.run_ok();
    assert_eq!(harness.state().selection.step, Some(StepKind::Schema));
    harness.get_by_label("Target");
    harness.get_by_label("Cache: of execution 2");
}

#[test]
fn run_is_asked_for_stop_too_and_stopping_is_said() {
    let mut harness = stage().harness();
    click(&mut harness, "Run the pipeline");
    assert!(matches!(harness.state().actions[..], [Action::Run]));

    let mut harness = stage().with(Some(at_work())).harness();
    assert!(harness.query_by_label("Run the pipeline").is_none());
    harness.get_by_label("Run 3 running: At work: Train 7 of 18 (forest · fold 2).");
    harness.get_by_label_contains("Train: running 38.9%, 7 of 18; logistic running");
    click(&mut harness, "Stop");
    assert!(matches!(harness.state().actions[..], [Action::StopRun]));
    if let Some(live) = harness
        .state_mut()
        .snapshot
        .as_mut()
        .and_then(|s| s.live.as_mut())
    {
        live.is_stopping = true;
    }
    harness.run_ok();
    assert!(harness.query_by_label("Stop").is_none());
    harness.get_by_label("stopping after the current unit…");
}

#[test]
fn an_interrupted_run_is_resumed() {
    let mut harness = stage().with(Some(interrupted())).harness();
    harness.get_by_label_contains("Run 3 interrupted: The program ended in the middle of it");
    assert!(harness.query_all_by_label_contains("Train: failed").count() >= 1);
    click(&mut harness, "Resume");
    assert!(matches!(harness.state().actions[..], [Action::Run]));
}

#[test]
fn a_change_is_saved_as_a_command_or_discarded() {
    let mut harness = at_step(StepKind::Train).harness();
    assert!(harness.query_by_label("Save pipeline").is_none());
    click(&mut harness, "After it");
    harness.get_by_label_contains("Changed: Not in pipeline.toml yet");
    click(&mut harness, "Save pipeline");
    let [Action::Submit(Command::SavePipeline { spec })] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions);
    };
    assert_eq!(spec.steps.train.start, TrainStart::AfterValidation);
    click(&mut harness, "Discard changes");
    assert!(harness.query_by_label("Save pipeline").is_none());
}

#[test]
fn how_a_column_becomes_inputs_is_chosen_and_what_is_usual_is_not_written_down() {
    let mut harness = at_step(StepKind::Transform).harness();
    assert!(
        harness.query_by_label("late").is_none(),
        "the target is no input"
    );
    let choose = |harness: &mut Harness<'_, Stage>, column: &str, what: &str| {
        let field = harness.get_by_role_and_label(Role::ComboBox, column);
        field.click_accesskit();
        harness.run_ok();
        click(harness, what);
    };
    choose(&mut harness, "distance", "as it is");
    choose(&mut harness, "carrier", "mean of the target");
    click(&mut harness, "Save pipeline");
    let [Action::Submit(Command::SavePipeline { spec })] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions);
    };
    let chosen = [("carrier".to_owned(), Preparation::Target)];
    assert_eq!(spec.steps.transform.columns, chosen.into());
}

#[test]
fn the_banner_of_a_change_does_not_take_the_field_away_from_who_types() {
    let mut harness = at_step(StepKind::Ingest).harness();
    let label = "File 1";
    harness.get_by_label(label).focus();
    harness.run_ok();
    for letter in ["x", "y", "z"] {
        let field = harness.get_by_label(label);
        assert!(field.accesskit_node().is_focused(), "before {letter}");
        field.type_text(letter);
        harness.run_ok();
    }
    harness.get_by_label_contains("Changed: Not in pipeline.toml yet");
    let value = harness.get_by_label(label).accesskit_node().value();
    assert!(value.is_some_and(|v| v.contains("xyz")));
}

#[test]
fn what_the_engine_would_refuse_cannot_be_saved_and_says_why() {
    let mut harness = at_step(StepKind::Ingest).harness();
    click(&mut harness, "Remove file 1");
    harness.get_by_label("must name at least one file or folder");
    harness.get_by_label_contains("1 problem: steps.ingest.files must name");
    assert!(
        harness
            .get_by_label("Save pipeline")
            .accesskit_node()
            .is_disabled()
    );
    assert!(harness.state().actions.is_empty());
}

#[test]
fn candidates_are_added_and_removed() {
    let mut harness = at_step(StepKind::Train).harness();
    click(&mut harness, "Remove bayes");
    assert!(harness.query_by_label("Remove bayes").is_none());
    click(&mut harness, "Add a candidate");
    harness.get_by_label("Remove logistic-2");
    // The picture of the pipeline follows the form.
    harness.get_by_label_contains("; logistic-2 done");
}

#[test]
fn a_gate_can_be_left_out_and_the_default_checks_are_said() {
    let mut harness = at_step(StepKind::ValidateModel).harness();
    harness.get_by_label_contains("Log loss overall is not worse than production");
    click(&mut harness, "Write the default checks out");
    harness.get_by_label("Remove check 4");
    harness
        .get_all_by_label("Model gate")
        .last()
        .unwrap()
        .click();
    harness.run_ok();
    assert!(
        harness
            .query_by_label("Model gate: shut, NOT BLESSED")
            .is_none()
    );
    harness.get_by_label_contains("The pipeline has no model gate");
}

#[test]
fn a_pipeline_that_cannot_be_read_says_why_and_keeps_the_records_in_sight() {
    let mut broken = snapshot();
    broken.pipeline = Err(
        Failure::bad_data("pipeline.toml is not valid: line 3, expected `=`").hint("Mend line 3."),
    );
    let mut harness = stage().with(Some(broken)).harness();
    harness.get_by_label("pipeline.toml is not valid: line 3, expected `=`");
    harness.get_by_label_contains("Run 2 over time. Time line");
    assert!(
        harness
            .get_by_label("Run the pipeline")
            .accesskit_node()
            .is_disabled()
    );
    click(&mut harness, "Try again");
    assert!(matches!(harness.state().actions[..], [Action::Retry]));
}

#[test]
fn it_works_before_the_first_run_and_while_reports_are_read_or_lost() {
    let harness = stage().with(Some(fresh_snapshot())).harness();
    harness.get_by_label("Data gate: waiting, waiting");
    harness.get_by_label("No run yet");
    for fetch in [loading, failing] {
        let harness = stage().fetching(fetch).harness();
        harness.get_by_label_contains("Run 2 not blessed: The model gate said no");
    }
}

#[test]
fn a_step_that_never_ran_says_what_it_will_do() {
    let mut stage = Stage::new(Pipeline::default()).with(Some(fresh_snapshot()));
    stage.selection.step = Some(StepKind::Push);
    let harness = stage.harness();
    harness.get_by_label("never run");
    harness.get_by_label_contains("after the first run");
}

#[test]
fn every_step_has_a_form_in_a_workspace_that_cannot_be_written() {
    for kind in StepKind::ALL {
        let mut read_only = snapshot();
        read_only.read_only = Some("lockkeeper 4711 on workshop".to_owned());
        read_only.runs[0].model_verdict = Some(ModelVerdict::NotBlessed);
        let harness = at_step(kind).with(Some(read_only)).harness();
        assert!(
            harness
                .get_by_label("Run the pipeline")
                .accesskit_node()
                .is_disabled()
        );
        assert!(
            harness.query_by_label("Save pipeline").is_none(),
            "{kind:?} changes by being looked at"
        );
    }
}

#[test]
fn pictures() {
    Stage::picture(stage, "pipeline");
    Stage::picture(|| stage().with(Some(at_work())).alone(), "pipeline-live");
    Stage::picture(|| stage().with(Some(fresh_snapshot())), "pipeline-fresh");
    for kind in StepKind::ALL {
        Stage::picture(|| at_step(kind), &format!("pipeline-{}", kind.name()));
    }
    Stage::picture(
        || {
            let mut broken = snapshot();
            broken.pipeline =
                Err(Failure::bad_data("pipeline.toml is not valid").hint("Mend line 3."));
            stage().with(Some(broken))
        },
        "pipeline-broken",
    );
}

#[test]
fn a_model_of_another_program_is_asked_for_and_only_where_nothing_is_unsaved() {
    let mut harness = at_step(StepKind::Train).harness();
    click(&mut harness, "Import a model (ONNX)…");
    assert!(matches!(
        harness.state().actions.as_slice(),
        [Action::Pick(Purpose::Model)]
    ));
    harness.state_mut().actions.clear();
    click(&mut harness, "Add a candidate");
    click(&mut harness, "Import a model (ONNX)…");
    assert!(
        harness.state().actions.is_empty(),
        "the engine would write pipeline.toml under the changes"
    );
}
