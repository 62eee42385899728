//! The service room, driven by its labels.

use crate::fixtures::{Stage, failing, fresh_snapshot, loading, snapshot};
use egui_kittest::kittest::Queryable as _;
use lockkeeper::gui::action::Action;
use lockkeeper::gui::panels::service::Service;
use lockkeeper::workspace::snapshot::{ServiceState, Snapshot};

fn stage() -> Stage {
    Stage::new(Service::default()).alone()
}

fn serving() -> Snapshot {
    Snapshot {
        service: ServiceState {
            address: Some("http://127.0.0.1:8093".to_owned()),
            version: Some(1),
            n_requests: 1_204,
            n_errors: 3,
        },
        ..snapshot()
    }
}

#[test]
fn it_is_started_and_stopped() {
    let mut harness = stage().harness();
    harness.get_by_label_contains("Level 0: No predictions are logged: that is what level 0 is.");
    harness.get_by_label("Start the service").click();
    harness.run_ok();
    harness.state_mut().snapshot = Some(serving());
    harness.run_ok();
    harness.get_by_label("State: running, 127.0.0.1:8093");
    harness.get_by_label("Stop the service").click();
    harness.run_ok();
    assert!(matches!(
        harness.state().actions[..],
        [Action::StartService, Action::StopService]
    ));
}

#[test]
fn endpoints_and_examples_are_copied() {
    let mut harness = stage().with(Some(serving())).harness();
    harness
        .get_by_label("Copy http://127.0.0.1:8093/v2/models/nyc-flights/infer")
        .click();
    harness.run_ok();
    harness.get_by_label("Copy the example").click_accesskit();
    harness.run_ok();
    harness.get_by_label("Python").click();
    harness.run_ok();
    harness.get_by_label("Copy the example").click_accesskit();
    harness.run_ok();
    let [Action::Copy(url), Action::Copy(curl), Action::Copy(python)] =
        &harness.state().actions[..]
    else {
        panic!("{:?}", harness.state().actions);
    };
    assert_eq!(url, "http://127.0.0.1:8093/v2/models/nyc-flights/infer");
    assert!(
        curl.starts_with("curl -s http://127.0.0.1:8093/v2/models/nyc-flights/infer"),
        "{curl}"
    );
    assert!(
        python.contains("client.infer(\"nyc-flights\", inputs)"),
        "{python}"
    );
}

#[test]
fn without_a_model_in_production_it_offers_a_run() {
    let mut harness = stage().with(Some(fresh_snapshot())).harness();
    harness.get_by_label("No model in production yet");
    harness.get_by_label("Run the pipeline").click();
    harness.run_ok();
    assert!(matches!(harness.state().actions[..], [Action::Run]));
}

#[test]
fn a_signature_that_is_read_lost_or_forgotten_is_said() {
    // A spinner never settles, so frames are counted.
    let mut harness = stage().fetching(failing).harness();
    harness.get_by_label_contains("its hash does not match");
    harness.get_by_label("Try again").click();
    harness.run_ok();
    assert!(matches!(harness.state().actions[..], [Action::Retry]));
    harness.state_mut().fetch = loading;
    harness.run_steps(2);
    harness.get_by_label("Reading the model's signature");
    let mut old = snapshot();
    old.runs.clear();
    let harness = stage().with(Some(old)).harness();
    harness.get_by_label_contains("The run that made v1 is not among the records");
}

#[test]
fn pictures() {
    Stage::picture(stage, "service");
    Stage::picture(|| stage().with(Some(serving())), "service-running");
    Stage::picture(|| stage().with(Some(fresh_snapshot())), "service-none");
}
