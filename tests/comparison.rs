//! Two models held against each other on the command line: the document, the slices, the report.

mod support;

use serde_json::Value;
use std::path::{Path, PathBuf};
use support::{assert_fields, on, sample, text};

/// A workspace of flights whose candidate does not see the hour any more, so that it is worse than production where the
/// hour says most.
fn without_the_hour(folder: &Path) -> PathBuf {
    let root = sample(folder, "nyc-flights");
    on(&root, &["run"]).exits(0);
    support::edit(&root, |spec| {
        spec.steps.train.exclude.push("hour".to_owned());
        spec.steps.train.candidates.truncate(1);
        spec.steps.push = None;
    });
    on(&root, &["run"]).exits(5);
    root
}

#[test]
fn compare_gives_the_contracts_document_and_the_gates_answer() {
    let folder = tempfile::tempdir().unwrap();
    let root = without_the_hour(folder.path());
    let data = root.join("data/flights_2013_04_05.csv");
    let args = ["compare", "candidate", "production", "--data", text(&data)];
    let said = on(&root, &[&args[..], &["--json"]].concat()).exits(5);
    let document = said.json();
    assert_fields(
        &document,
        &["verdict", "n_rows", "metrics", "segments", "checks"],
    );
    assert_eq!(document["verdict"], "NOT_BLESSED");
    assert_eq!(document["n_rows"], 2729, "the rows that have a target");
    for segment in document["segments"].as_array().unwrap() {
        assert_fields(
            segment,
            &[
                "segment",
                "n_rows",
                "metric",
                "production",
                "candidate",
                "difference",
                "interval",
                "outcome",
            ],
        );
        let outcome = segment["outcome"].as_str().unwrap();
        assert!(["better", "same", "worse", "not_enough_rows"].contains(&outcome));
    }
    let said = on(&root, &args).exits(5);
    assert!(
        said.out.contains("hour") && said.err.contains("NOT BLESSED"),
        "{}",
        said.out
    );
    let other = [
        "compare",
        "production",
        "candidate",
        "--data",
        text(&data),
        "--json",
    ];
    assert_eq!(on(&root, &other).exits(0).json()["verdict"], "BLESSED");
    let same = ["compare", "v1", "v1", "--data", text(&data), "--json"];
    let document = on(&root, &same).json();
    for metric in document["metrics"].as_array().unwrap() {
        assert_eq!(metric["difference"], 0.0, "{metric}");
    }
}

#[test]
fn slices_name_where_a_model_became_worse() {
    let folder = tempfile::tempdir().unwrap();
    let root = without_the_hour(folder.path());
    let data = root.join("data/flights_2013_06_07.csv");
    let args = [
        "slices",
        "candidate",
        "--baseline",
        "production",
        "--data",
        text(&data),
    ];
    let document = on(&root, &[&args[..], &["--json"]].concat())
        .exits(0)
        .json();
    assert_fields(
        &document,
        &[
            "model",
            "baseline",
            "loss",
            "n_rows",
            "mean_error",
            "n_searched",
            "slices",
        ],
    );
    assert_eq!(document["loss"], "log_loss");
    let slices = document["slices"].as_array().unwrap();
    let first = &slices[0];
    assert_fields(
        first,
        &[
            "text",
            "predicates",
            "n_rows",
            "score",
            "mean_error",
            "test",
        ],
    );
    assert!(first["text"].as_str().unwrap().contains("hour"), "{first}");
    assert_eq!(first["test"]["is_confirmed"], true, "{first}");
    let columns = first["predicates"].as_array().unwrap();
    assert!(columns.iter().all(|p| p["column"].is_string()));
    let said = on(&root, &args).exits(0);
    assert!(
        said.out.contains("hour") && said.err.contains("confirmed"),
        "{}",
        said.out
    );
    // All rows searched: what is told of all rows is what was found.
    let all = [&args[..], &["--holdout", "0", "--top", "3", "--json"]].concat();
    let document = on(&root, &all).exits(0).json();
    for slice in document["slices"].as_array().unwrap() {
        assert_eq!(slice["score"], slice["searched"]["score"]);
        assert_eq!(slice["n_rows"], slice["searched"]["n_rows"]);
        assert!(slice.get("test").is_none());
    }
    let said = on(&root, &[&args[..], &["--loss", "squared"]].concat()).exits(2);
    assert!(said.err.contains("squared error"), "{}", said.err);
}

/// What the HTML asks for from elsewhere: nothing may be left of it.
const FROM_ELSEWHERE: [&str; 6] = ["http:", "https:", "src=", "@import", "url(", "<link"];

#[test]
fn the_report_is_one_file_that_says_what_the_comparison_says() {
    let folder = tempfile::tempdir().unwrap();
    let root = without_the_hour(folder.path());
    let data = root.join("data/flights_2013_06_07.csv");
    let (html, json) = (folder.path().join("r.html"), folder.path().join("r.json"));
    let args = ["compare", "candidate", "production", "--data", text(&data)];
    for file in [&html, &json] {
        on(&root, &[&args[..], &["--report", text(file)]].concat()).exits(5);
    }
    let page = std::fs::read_to_string(&html).unwrap();
    for part in FROM_ELSEWHERE {
        assert!(!page.contains(part), "{part}");
    }
    for part in [
        "NOT BLESSED",
        "log loss",
        "Where the candidate got worse",
        "<polyline",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for tag in ["section", "figure", "table", "svg", "script"] {
        let opened = page.matches(&format!("<{tag}")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    // Whoever cannot see the plots is told what they show.
    for part in [
        "aria-label=\"ROC, true positive rate over false positive rate. candidate: 0.00 at 0.00, ",
        "; production: 0.00 at 0.00, ",
        ", between −",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let document: Value = serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
    assert_fields(
        &document,
        &[
            "data",
            "verdict",
            "metrics",
            "segments",
            "checks",
            "slices",
            "model_card",
        ],
    );
    for segment in document["segments"].as_array().unwrap() {
        let name = segment["segment"].as_str().unwrap();
        let name = name.replace('<', "&lt;").replace('>', "&gt;");
        assert!(page.contains(&name), "{name}");
    }
    let hash = document["data"]["hash"].as_str().unwrap();
    assert!(page.contains(hash), "{hash}");
    let text = document["slices"]["slices"][0]["text"].as_str().unwrap();
    assert!(text.contains("hour"), "{text}");
    // The same card in both, with the fields of Model Card Toolkit's schema 0.0.2 and no others (tests/oracles/evaluate/card.py
    // holds one against the schema itself).
    let begin = page.find("id=\"model-card\">").unwrap() + "id=\"model-card\">".len();
    let card = &page[begin..begin + page[begin..].find("</script>").unwrap()];
    let card: Value = serde_json::from_str(card).unwrap();
    assert_eq!(card, document["model_card"]);
    let known = [
        "schema_version",
        "model_details",
        "model_parameters",
        "quantitative_analysis",
        "considerations",
    ];
    let fields: Vec<&str> = card
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(fields, known);
    let metrics = card["quantitative_analysis"]["performance_metrics"]
        .as_array()
        .unwrap();
    let of_all = metrics.iter().filter(|m| m.get("slice").is_none()).count();
    assert_eq!(of_all, 9);
}

#[test]
fn fairness_tells_rates_of_groups_and_whether_gaps_became_wider() {
    let folder = tempfile::tempdir().unwrap();
    let root = without_the_hour(folder.path());
    let data = root.join("data/flights_2013_04_05.csv");
    let args = [
        "fairness",
        "candidate",
        "--baseline",
        "production",
        "--data",
        text(&data),
    ];
    let by = |more: &[&str]| on(&root, &[&args[..], more].concat());
    let report = by(&["--by", "origin", "--json"]).exits(0).json();
    let groups = report["groups"].as_array().unwrap();
    let rows: u64 = groups.iter().map(|g| g["n_rows"].as_u64().unwrap()).sum();
    assert_eq!((groups.len(), rows), (3, 2729), "every row is in a group");
    let measures = report["measures"].as_array().unwrap();
    assert_eq!(measures.len(), 6);
    for line in measures {
        let gap = |at: usize| line["gaps"][at]["difference"].as_f64().unwrap();
        let change = line["change"].as_f64().unwrap();
        assert!((change - (gap(0) - gap(1))).abs() < 1e-12, "{line}");
        let (low, high) = (&line["change_interval"][0], &line["change_interval"][1]);
        assert!(low.as_f64() <= high.as_f64(), "{line}");
    }
    // The first measure is the range of the first rate.
    let selected = groups
        .iter()
        .map(|g| g["rates"][0]["selection_rate"].as_f64().unwrap());
    let (low, high) = selected.fold((1.0_f64, 0.0_f64), |(l, h), r| (l.min(r), h.max(r)));
    let parity = measures[0]["gaps"][0]["difference"].as_f64().unwrap();
    assert!((parity - (high - low)).abs() < 1e-12);
    let said = by(&["--by", "origin"]).exits(0);
    assert!(said.out.contains("Equalized odds"), "{}", said.out);
    let said = by(&[]).exits(2);
    assert!(said.err.contains("--by COLUMN"), "{}", said.err);
    let said = by(&["--by", "orign"]).exits(2);
    assert!(
        said.err.contains("origin"),
        "the near name is offered: {}",
        said.err
    );
}
