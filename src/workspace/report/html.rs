//! The report as HTML: sections of tables and plots.

use super::plots::{Line, Whisker, forest, lines};
use super::style::CSS;
use super::{Report, card};
use crate::domain::comparison::{
    ConfusionMatrix, ModelEvaluation, Outcome, Place, SegmentComparison,
};
use crate::domain::gate::{CheckOutcome, ModelVerdict};
use crate::domain::metric::{Direction, Metric};
use std::fmt::Write as _;

/// The most segments in a forest plot; those with the largest differences.
const MOST_WHISKERS: usize = 40;

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(
        || "–".to_owned(),
        |value| format!("{value:.4}").replace('-', "−"),
    )
}

fn interval(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(String::new, |[low, high]| {
        format!("{} to {}", number(Some(low)), number(Some(high)))
    })
}

fn probability(p: Option<f64>) -> String {
    match p {
        None => String::new(),
        Some(p) if p < 0.001 => "&lt; 0.001".to_owned(),
        Some(p) => format!("{p:.3}"),
    }
}

fn class_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Better => "good",
        Outcome::Worse => "bad",
        Outcome::Same | Outcome::NotEnoughRows => "same",
    }
}

/// A table; columns that are numbers stand right. Cells are HTML already.
fn table(head: &[(&str, bool)], rows: &[Vec<String>]) -> String {
    let class = |column: usize| {
        if head[column].1 { " class=\"n\"" } else { "" }
    };
    let mut text = "<table><thead><tr>".to_owned();
    for (column, (name, _)) in head.iter().enumerate() {
        let _ = write!(text, "<th scope=\"col\"{}>{name}</th>", class(column));
    }
    text.push_str("</tr></thead><tbody>");
    for row in rows {
        text.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            let _ = write!(text, "<td{}>{cell}</td>", class(column));
        }
        text.push_str("</tr>");
    }
    text + "</tbody></table>"
}

fn section(title: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("<section><h2>{title}</h2>{body}</section>\n")
}

pub(super) fn document(report: &Report<'_>) -> String {
    let titles: Vec<&str> = report
        .compared
        .comparison
        .models
        .iter()
        .map(|m| m.title.as_str())
        .collect();
    let title = titles.join(" against ");
    let blessing = &report.compared.blessing;
    let (word, class) = match blessing.verdict {
        ModelVerdict::Blessed => ("BLESSED", "good"),
        ModelVerdict::NotBlessed => ("NOT BLESSED", "bad"),
    };
    let card = serde_json::to_string(&card::model_card(report)).unwrap_or_default();
    let sections = [
        section("What was compared", &facts(report)),
        section("Over all rows", &overall(report)),
        section("Checks of the gate", &checks(report)),
        section("In segments", &segments(report)),
        section("Where the candidate got worse", &slices(report)),
        section("Curves", &curves(report)),
        section("Right and wrong", &confusions(report)),
    ];
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{0}</title><style>{CSS}</style></head><body>\n\
         <header><h1>{0}</h1><p><span class=\"verdict {class}\">{word}</span></p><p>{1}</p></header>\n{2}\
         <script type=\"application/json\" id=\"model-card\">{3}</script>\n</body></html>\n",
        escaped(&title),
        escaped(&blessing.reason),
        sections.concat(),
        card.replace("</", "<\\/")
    )
}

fn facts(report: &Report<'_>) -> String {
    let compared = report.compared;
    let (data, comparison) = (&compared.data, &compared.comparison);
    let mut rows = vec![
        ("Data", escaped(&data.name)),
        (
            "Hash of its rows",
            format!("<code>{}</code>", data.hash.as_str()),
        ),
        ("Rows", data.n_rows.to_string()),
    ];
    if data.n_without_target > 0 {
        rows.push((
            "Left out",
            format!(
                "{} rows without a value of the target",
                data.n_without_target
            ),
        ));
    }
    if let Some(words) = comparison.unshared_words() {
        rows.push(("Columns", escaped(&words)));
    }
    rows.push((
        "Target",
        format!(
            "{} ({})",
            escaped(&comparison.target),
            comparison.task.title()
        ),
    ));
    for model in &comparison.models {
        let class = place_class(model.place);
        rows.push((
            if model.place == Place::Candidate {
                "Candidate"
            } else {
                "Production"
            },
            format!(
                "<span class=\"{class}\">{}</span> <code>{}</code>",
                escaped(&model.title),
                model.hash.as_str()
            ),
        ));
    }
    let method = &comparison.intervals;
    rows.push((
        "Intervals",
        format!(
            "{} %, {}, {} resamples of {}",
            (method.level * 1000.0).round() / 10.0,
            escaped(&method.name),
            method.n_resamples,
            escaped(&method.units)
        ),
    ));
    if let Some(correction) = &comparison.correction {
        rows.push((
            "Verdicts",
            format!(
                "{} differences in segments and {} over all rows were tested; “better” and “worse” hold for all of either \
                 together, by {}",
                correction.n_segments,
                correction.n_overall,
                escaped(&correction.name)
            ),
        ));
    }
    rows.push((
        "Made",
        format!("{} by Lockkeeper {}", report.day, env!("CARGO_PKG_VERSION")),
    ));
    let rows = rows
        .into_iter()
        .map(|(name, value)| vec![name.to_owned(), value]);
    table(&[("", false), ("", false)], &rows.collect::<Vec<_>>())
}

const HEAD: [(&str, bool); 6] = [
    ("Production", true),
    ("Candidate", true),
    ("Difference", true),
    ("Interval", true),
    ("p, corrected", true),
    ("Verdict", false),
];

fn verdict(outcome: Outcome) -> String {
    format!(
        "<span class=\"{}\">{}</span>",
        class_of(outcome),
        outcome.word()
    )
}

fn overall(report: &Report<'_>) -> String {
    let rows = report.compared.comparison.metrics.iter().map(|m| {
        vec![
            format!(
                "{} <span class=\"weak\">({})</span>",
                m.metric.title(),
                better(m.metric)
            ),
            number(m.production),
            number(m.candidate),
            number(m.difference),
            interval(m.interval),
            probability(m.significance.map(|found| found.p_adjusted)),
            verdict(m.outcome),
        ]
    });
    let head: Vec<_> = std::iter::once(("Metric", false)).chain(HEAD).collect();
    table(&head, &rows.collect::<Vec<_>>())
}

fn better(metric: Metric) -> &'static str {
    match metric.direction() {
        Direction::Higher => "higher is better",
        Direction::Lower => "lower is better",
        Direction::NearZero => "nearer to zero is better",
    }
}

fn checks(report: &Report<'_>) -> String {
    let rows = report.compared.blessing.checks.iter().map(|check| {
        let (word, class) = match check.outcome {
            CheckOutcome::Passed => ("passed", "good"),
            CheckOutcome::Failed => ("failed", "bad"),
            CheckOutcome::NotEnoughRows => ("not enough rows", "weak"),
            CheckOutcome::NotApplicable => ("not applicable", "weak"),
        };
        vec![
            format!("<span class=\"{class}\">{word}</span>"),
            escaped(&check.sentence),
        ]
    });
    table(
        &[("Outcome", false), ("Check", false)],
        &rows.collect::<Vec<_>>(),
    )
}

fn segments(report: &Report<'_>) -> String {
    let comparison = &report.compared.comparison;
    let metric = Metric::of_task(comparison.task)[0];
    let of_metric: Vec<&SegmentComparison> = comparison
        .segments
        .iter()
        .filter(|s| s.metric == metric)
        .collect();
    if of_metric.is_empty() {
        return String::new();
    }
    let mut whiskers: Vec<Whisker<'_>> = of_metric
        .iter()
        .filter_map(|s| {
            Some(Whisker {
                name: &s.segment,
                class: class_of(s.outcome),
                difference: s.difference?,
                interval: s.interval?,
            })
        })
        .collect();
    let n_all = whiskers.len();
    whiskers.sort_by(|a, b| b.difference.abs().total_cmp(&a.difference.abs()));
    whiskers.truncate(MOST_WHISKERS);
    whiskers.sort_by(|a, b| a.difference.total_cmp(&b.difference));
    let title = format!("Differences of {} by segment", metric.word());
    let which = if whiskers.len() < n_all {
        format!("the {MOST_WHISKERS} largest of {n_all}")
    } else {
        format!("{n_all} segments")
    };
    let plot = format!(
        "<figure>{}<figcaption><b>{}</b>, candidate minus production, with intervals ({}): {which}.</figcaption></figure>",
        forest(&title, &whiskers),
        escaped(&title),
        better(metric)
    );
    let rows = of_metric.iter().map(|s| {
        vec![
            escaped(&s.segment),
            s.n_rows.to_string(),
            number(s.production),
            number(s.candidate),
            number(s.difference),
            interval(s.interval),
            probability(s.significance.map(|found| found.p_adjusted)),
            verdict(s.outcome),
        ]
    });
    let head: Vec<_> = [(metric.title(), false), ("Rows", true)]
        .into_iter()
        .chain(HEAD)
        .collect();
    plot + &table(&head, &rows.collect::<Vec<_>>()) + &other_metrics(&comparison.segments, metric)
}

/// The verdicts of all other metrics, a row a segment.
fn other_metrics(segments: &[SegmentComparison], but: Metric) -> String {
    let mut metrics: Vec<Metric> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for segment in segments {
        if segment.metric != but && !metrics.contains(&segment.metric) {
            metrics.push(segment.metric);
        }
        if names.last() != Some(&segment.segment.as_str()) {
            names.push(&segment.segment);
        }
    }
    let word = |segment: &SegmentComparison| match segment.outcome {
        Outcome::Better | Outcome::Worse => verdict(segment.outcome),
        Outcome::Same => "<span class=\"weak\">same</span>".to_owned(),
        Outcome::NotEnoughRows => "<span class=\"weak\">–</span>".to_owned(),
    };
    let rows = names.iter().map(|name| {
        let mut row = vec![escaped(name)];
        let own = segments
            .iter()
            .filter(|s| s.segment == *name && s.metric != but);
        row.extend(own.map(word));
        row
    });
    let head: Vec<(&str, bool)> = std::iter::once(("Other metrics", false))
        .chain(metrics.iter().map(|m| (m.title(), false)))
        .collect();
    table(&head, &rows.collect::<Vec<_>>())
}

fn slices(report: &Report<'_>) -> String {
    let Some(found) = &report.compared.slices else {
        return String::new();
    };
    let intro = format!(
        "<p class=\"weak\">Found by search, not named by anybody: the parts of the data with the largest rise of the {} from production to \
         candidate, among {} that were counted. {} rows were searched, the other {} say whether it is so (p corrected by \
         {}).</p>",
        found.loss.title(),
        found.n_searched,
        found.n_searched_rows,
        found.n_tested_rows,
        escaped(&found.correction)
    );
    if found.slices.is_empty() {
        return intro + "<p>No part of the data stands out.</p>";
    }
    let told = found.slices.iter().filter(|s| s.overlaps.is_none());
    let rows = told.map(|s| {
        let test = s.test.as_ref();
        let p = test.and_then(|t| t.p_adjusted);
        let confirmed = if test.is_some_and(|t| t.is_confirmed) {
            "<span class=\"bad\">worse</span>"
        } else {
            "<span class=\"weak\">could be chance</span>"
        };
        vec![
            escaped(&s.text),
            s.n_rows.to_string(),
            number(Some(s.mean_error)),
            number(Some(s.rest_error)),
            interval(test.and_then(|t| t.interval)),
            probability(p),
            confirmed.to_owned(),
        ]
    });
    let head = [
        ("Rows where", false),
        ("Rows", true),
        ("Rise", true),
        ("Elsewhere", true),
        ("Interval", true),
        ("p, corrected", true),
        ("", false),
    ];
    intro + &table(&head, &rows.collect::<Vec<_>>())
}

fn place_class(place: Place) -> &'static str {
    match place {
        Place::Candidate => "candidate",
        Place::Production => "production",
        Place::Baseline => "baseline",
    }
}

fn curves(report: &Report<'_>) -> String {
    let models = &report.compared.comparison.models;
    let of = |points: &dyn Fn(&ModelEvaluation) -> Vec<(f64, f64)>| -> Vec<Line> {
        let lines = models.iter().map(|m| Line {
            of: place_class(m.place),
            points: points(m),
        });
        lines.filter(|line| !line.points.is_empty()).collect()
    };
    let roc = of(&|m| m.roc.iter().map(|p| (p.x, p.y)).collect());
    let precision = of(&|m| m.precision_recall.iter().map(|p| (p.x, p.y)).collect());
    let calibration = of(&|m| {
        m.calibration
            .iter()
            .map(|b| (b.predicted, b.observed))
            .collect()
    });
    let residuals = of(&|m| {
        let total: u64 = m.residuals.iter().map(|b| b.count).sum();
        let shares = m.residuals.iter();
        shares
            .map(|b| ((b.low + b.high) / 2.0, b.count as f64 / total.max(1) as f64))
            .collect()
    });
    let unit = ([0.0, 1.0], [0.0, 1.0]);
    let spread = ranges(&residuals);
    let charts = [
        (
            "ROC",
            ["false positive rate", "true positive rate"],
            unit,
            true,
            roc,
        ),
        (
            "Precision and recall",
            ["recall", "precision"],
            unit,
            false,
            precision,
        ),
        (
            "Calibration",
            ["predicted probability", "observed share"],
            unit,
            true,
            calibration,
        ),
        (
            "Residuals",
            ["prediction minus truth", "share of rows"],
            spread,
            false,
            residuals,
        ),
    ];
    let charts: String = charts
        .into_iter()
        .filter(|(.., drawn)| !drawn.is_empty())
        .map(|(title, names, ranges, diagonal, drawn)| {
            let of = |line: &Line| format!("<span class=\"{0}\">{0}</span>", line.of);
            let keys: Vec<String> = drawn.iter().map(of).collect();
            format!(
                "<figure>{}<figcaption><b>{title}</b>: {}</figcaption></figure>",
                lines(title, names, ranges, diagonal, &drawn),
                keys.join(", ")
            )
        })
        .collect();
    if charts.is_empty() {
        return charts;
    }
    format!("<div class=\"charts\">{charts}</div>")
}

/// What lines reach over.
fn ranges(drawn: &[Line]) -> ([f64; 2], [f64; 2]) {
    let points = || drawn.iter().flat_map(|line| &line.points);
    let low = points().map(|p| p.0).fold(f64::INFINITY, f64::min);
    let high = points().map(|p| p.0).fold(f64::NEG_INFINITY, f64::max);
    let top = points().map(|p| p.1).fold(0.0, f64::max);
    ([low, high], [0.0, top])
}

fn confusions(report: &Report<'_>) -> String {
    let comparison = &report.compared.comparison;
    let tables = comparison.models.iter().filter_map(|model| {
        let matrix = model.confusion.as_ref()?;
        Some(format!(
            "<figure>{}<figcaption><b class=\"{}\">{}</b>: rows by truth, columns by answer</figcaption></figure>",
            confusion(matrix, &comparison.classes),
            place_class(model.place),
            escaped(&model.title)
        ))
    });
    let tables: String = tables.collect();
    if tables.is_empty() {
        return tables;
    }
    format!("<div class=\"charts\">{tables}</div>")
}

fn confusion(matrix: &ConfusionMatrix, classes: &[String]) -> String {
    let names: Vec<String> = classes.iter().map(|c| escaped(c)).collect();
    let head: Vec<(&str, bool)> = std::iter::once(("", false))
        .chain(names.iter().map(|n| (n.as_str(), true)))
        .collect();
    let rows = matrix.counts.iter().zip(&names).map(|(counts, name)| {
        let counts = counts.iter().map(u64::to_string);
        std::iter::once(name.clone()).chain(counts).collect()
    });
    table(&head, &rows.collect::<Vec<_>>())
}
