//! What a candidate goes by, in the Models room, by its labels: every page, its pickers, and what stands where there is
//! nothing to explain.

use crate::fixtures::{LONG, Stage, failing, fresh_snapshot, hash, loading, trained};
use egui_kittest::kittest::Queryable as _;
use lockkeeper::gui::action::Action;
use lockkeeper::gui::panel::Panel as _;
use lockkeeper::gui::panels::models::Models;
use lockkeeper::workspace::explain::{ExplainAsk, ExplainQuery};
use lockkeeper::workspace::{Fetched, Query};

const IMPORTANCE: usize = 2;
const EFFECT: usize = 3;
const ROW: usize = 4;
const SUMMARY: usize = 5;
const TREE: usize = 6;
const WEIGHTS: usize = 7;

fn page(page: usize, candidate: &str) -> Stage {
    let mut models = Models::default();
    models.turn_to(page);
    let mut stage = Stage::new(models).with(Some(trained())).alone();
    stage.selection.candidate = Some(candidate.to_owned());
    stage
}

#[test]
fn the_importance_of_every_column_is_drawn_with_its_interval() {
    let mut harness = page(IMPORTANCE, "forest").harness();
    harness.get_by_label_contains(
        "How much worse the log loss of forest gets when a column is shuffled. Bar chart",
    );
    harness.get_by_label_contains("that the model was not trained on, its log loss is");
    harness.get_by_label_contains("counts most: shuffled, it makes the log loss worse by");
    harness.get_by_label_contains("jackknife that leaves out each of 20 groups of rows");
    // The pages are reached by their names, and the column goes along.
    harness.state_mut().selection.column = Some("hour".to_owned());
    harness.get_by_label("Effect").click();
    harness.run_ok();
    harness.get_by_label_contains("Effect of hour on the probability of late = yes. Line chart");
}

#[test]
fn the_effect_of_a_number_is_a_line_and_of_a_text_bars() {
    let mut stage = page(EFFECT, "forest");
    stage.selection.column = Some("temp".to_owned());
    let mut harness = stage.harness();
    harness.get_by_label_contains("Without a value it is 0.");
    harness.get_by_label_contains("Effect of temp on the probability of late = yes. Line chart");
    harness.get_by_label("Change from the first value").click();
    harness.run_ok();
    harness.get_by_label_contains("Line chart of change of the probability of late = yes");
    let mut stage = page(EFFECT, "logistic");
    stage.selection.column = Some("carrier".to_owned());
    let harness = stage.harness();
    harness.get_by_label_contains("Effect of carrier on the probability of late = yes. Bar chart");
}

#[test]
fn one_row_is_explained_and_the_next_one_is_a_button_away() {
    let mut harness = page(ROW, "forest").harness();
    harness.get_by_label_contains("From the mean to row 1: probability of late = yes. Bar chart");
    harness.get_by_label_contains("Exact Shapley values of the trees (TreeSHAP)");
    harness.get_by_label_contains("dep_delay (not read)");
    harness.get_by_label("Next").click();
    harness.run_ok();
    harness.get_by_label_contains("From the mean to row 2: probability of late = yes. Bar chart");
    harness.get_by_label("Previous").click();
    harness.run_ok();
    harness.get_by_label("Previous").click();
    harness.run_ok();
    // Before the first row comes the last one.
    harness.get_by_label_contains("From the mean to row 218: probability of late = yes. Bar chart");
}

#[test]
fn sums_of_weights_are_explained_in_log_odds_and_other_models_with_errors() {
    let harness = page(ROW, "logistic").harness();
    harness.get_by_label_contains("From the mean to row 1: log-odds of late = yes. Bar chart");
    harness.get_by_label_contains("0 is a probability of one half");
    let harness = page(ROW, "bayes").harness();
    harness.get_by_label_contains("From the mean to row 1: probability of late = yes. Bar chart");
    harness.get_by_label_contains("Shapley values estimated from 200 random orders");
}

#[test]
fn a_summary_is_points_or_means() {
    let mut harness = page(SUMMARY, "forest").harness();
    harness.get_by_label_contains(
        "What each column adds to the probability of late = yes, a point a row. Points",
    );
    harness.get_by_label("Means").click();
    harness.run_ok();
    harness.get_by_label_contains(
        "Mean size of what each column adds to the probability of late = yes. Bar chart",
    );
}

#[test]
fn a_tree_is_drawn_and_other_models_say_that_they_have_none() {
    let mut harness = page(TREE, "forest").harness();
    harness.get_by_label_contains(
        "Tree 1 of 12, forest: the probability of late = yes at each node. Decision tree with",
    );
    harness.get_by_label_contains("mean of what all 12 trees say");
    harness.get_by_label("Larger").click();
    harness.run_ok();
    harness.get_by_label("Tree, moved by arrow keys").focus();
    harness.run_ok();
    let harness = page(TREE, "logistic").harness();
    harness.get_by_label("This model has no trees");
}

#[test]
fn weights_are_bars_and_a_table_and_other_models_say_that_they_have_none() {
    let mut harness = page(WEIGHTS, "logistic").harness();
    harness.get_by_label_contains("Largest weights in the log-odds of late = yes. Bar chart");
    harness.get_by_label("Table").click();
    harness.run_ok();
    harness.get_by_label_contains("hour, one standard deviation");
    let harness = page(WEIGHTS, "forest").harness();
    harness.get_by_label("This model has no weights");
}

#[test]
fn another_class_turns_the_explanation_round() {
    let query = |stage: &Stage, class| {
        let snapshot = stage.snapshot.as_ref().unwrap();
        let source = lockkeeper::workspace::explain::ModelRows::of(snapshot, &hash("forest"));
        let ask = ExplainAsk::Summary { class };
        let query = Query::Explain(ExplainQuery {
            source: source.unwrap(),
            ask,
        });
        let Fetched::Ready(found) = (stage.fetch)(&query) else {
            panic!("it is there")
        };
        match &*found {
            lockkeeper::workspace::Answer::Explained(found) => match &**found {
                lockkeeper::workspace::explain::ExplainAnswer::Summary(found) => found.clone(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    let stage = page(SUMMARY, "forest");
    let (no, yes) = (query(&stage, 0), query(&stage, 1));
    assert!((no.base + yes.base - 1.0).abs() < 1e-12);
    for (a, b) in no.columns.iter().zip(&yes.columns) {
        assert_eq!(a.column, b.column);
        for (a, b) in a.contributions.iter().zip(&b.contributions) {
            assert!((a + b).abs() < 1e-12);
        }
    }
}

#[test]
fn work_can_be_stopped_and_trouble_tried_again() {
    let mut harness = page(IMPORTANCE, "forest")
        .fetching(|query| match query {
            Query::Explain(asked) if asked.ask != ExplainAsk::Outline => Fetched::Loading,
            other => crate::fixtures::answer(other),
        })
        .harness_running();
    harness.get_by_label_contains("Working out the importance of every column");
    harness.get_by_label("Stop").click();
    harness.step();
    harness.step();
    assert!(
        matches!(&harness.state().actions[..], [Action::StopAnswer(query)] if matches!(**query, Query::Explain(_))),
        "{:?}",
        harness.state().actions
    );
    let mut harness = page(IMPORTANCE, "forest").fetching(failing).harness();
    harness.get_by_label("Try again").click();
    harness.run_ok();
    assert!(matches!(harness.state().actions[..], [Action::Retry]));
    page(ROW, "forest").fetching(loading).show_once();
}

#[test]
fn where_there_is_nothing_to_explain_the_way_to_it_is_said() {
    let harness = page(IMPORTANCE, "elastic").harness();
    harness.get_by_label_contains("elastic could not be fitted: The solver did not converge");
    let stage = page(IMPORTANCE, "forest").with(Some(fresh_snapshot()));
    let why = Models::default().unavailable(stage.snapshot.as_ref().unwrap());
    assert_eq!(why.unwrap().title, "No models yet");
    // A model whose run nobody knows any more.
    let harness = page(IMPORTANCE, "forest")
        .with(Some(crate::fixtures::snapshot()))
        .harness();
    harness.get_by_label("Nothing to explain");
}

/// Not a check: paints the pages into the folder that `LOCKKEEPER_PICTURES` names.
#[test]
fn pictures() {
    let of = |at: usize, candidate: &'static str, column: &'static str| {
        move || {
            let mut stage = page(at, candidate);
            stage.selection.column = Some(column.to_owned());
            stage
        }
    };
    Stage::picture(of(IMPORTANCE, "forest", "hour"), "understand-importance");
    Stage::picture(of(EFFECT, "forest", "temp"), "understand-effect");
    Stage::picture(of(EFFECT, "logistic", "carrier"), "understand-effect-text");
    Stage::picture(of(EFFECT, "logistic", LONG), "understand-effect-long");
    Stage::picture(of(ROW, "bayes", "hour"), "understand-row");
    Stage::picture(of(SUMMARY, "forest", "hour"), "understand-summary");
    Stage::picture(of(TREE, "forest", "hour"), "understand-tree");
    Stage::picture(of(WEIGHTS, "logistic", "hour"), "understand-weights");
}
