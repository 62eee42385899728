//! Made-up data for the gallery.

use lockkeeper::gui::{
    theme::Tone,
    widgets::{
        gantt::{Gantt, GanttRow},
        gate::GateState,
        line::Series,
        pipeline::{Node, Part},
        step::StepState,
        whisker::Whisker,
    },
};

pub struct Segment {
    pub name: &'static str,
    pub n_rows: u64,
    pub production: Option<f64>,
    pub candidate: Option<f64>,
    pub whisker: Option<Whisker>,
    pub verdict: (&'static str, Tone),
}

pub fn segments() -> Vec<Segment> {
    let row = |name, n_rows, production: f64, candidate: f64, half: f64| {
        let difference = candidate - production;
        let interval = (difference - half, difference + half);
        let verdict = match interval {
            (_, high) if high < 0.0 => ("better", Tone::Good),
            (low, _) if low > 0.0 => ("worse", Tone::Bad),
            _ => ("same", Tone::Neutral),
        };
        let whisker = Some(Whisker {
            difference,
            interval,
            tone: verdict.1,
        });
        Segment {
            name,
            n_rows,
            production: Some(production),
            candidate: Some(candidate),
            whisker,
            verdict,
        }
    };
    vec![
        row("All rows", 12_604, 0.5123, 0.4971, 0.0041),
        row("carrier = EV", 2_011, 0.5504, 0.5791, 0.0122),
        row("carrier = UA", 1_840, 0.5012, 0.4790, 0.0098),
        row("carrier = B6", 1_702, 0.5210, 0.5032, 0.0110),
        row("carrier = DL", 1_655, 0.4622, 0.4571, 0.0103),
        row(
            "origin = JFK and hour between 17 and 21",
            1_203,
            0.5911,
            0.5660,
            0.0151,
        ),
        row("origin = LGA", 3_998, 0.5043, 0.4962, 0.0071),
        row("origin = EWR", 4_604, 0.5299, 0.5087, 0.0066),
        row("visib below 3", 604, 0.6480, 0.6555, 0.0280),
        row("dest = HNL", 41, 0.4410, 0.4102, 0.0900),
        Segment {
            name: "carrier = HA",
            n_rows: 12,
            production: None,
            candidate: None,
            whisker: None,
            verdict: ("not enough rows", Tone::Warn),
        },
        row("month = 6", 1_052, 0.5650, 0.5421, 0.0177),
        row("month = 7", 1_066, 0.5802, 0.5611, 0.0181),
    ]
}

pub fn roc(name: &str, tone: Tone, power: f64) -> Series {
    let points: Vec<[f64; 2]> = (0..=60)
        .map(|step| {
            let x = (f64::from(step) / 60.0).powi(2);
            [x, x.powf(power)]
        })
        .collect();
    let marked = points.get(22).copied();
    Series {
        name: name.to_owned(),
        tone,
        points,
        marked,
        has_dots: false,
    }
}

pub fn pipeline(is_refused: bool) -> (Vec<Node>, Vec<(usize, usize)>) {
    use StepState::{Cached, Canceled, Done, Running, Waiting};
    let part = |name: &str, state, share, result: &str| Part {
        name: name.to_owned(),
        state,
        share,
        result: result.to_owned(),
    };
    let (data, model) = if is_refused {
        (
            Node::gate("Data gate", "STOP", GateState::Shut),
            Node::gate("Model gate", "not asked", GateState::Waiting),
        )
    } else {
        (
            Node::gate("Data gate", "OK", GateState::Open),
            Node::gate("Model gate", "waiting", GateState::Waiting),
        )
    };
    let train = if is_refused {
        Node::step("Train", "stopped: data gate", Canceled)
    } else {
        Node::step("Train", "7 of 12 candidates", Running)
            .share(0.58)
            .parts(vec![
                part("logistic", Done, None, "0.684"),
                part("elastic net", Done, None, "0.671"),
                part("random forest", Running, Some(0.7), ""),
                part("gradient boosting", Waiting, None, ""),
                part(
                    "naive Bayes with a long name",
                    StepState::Failed,
                    None,
                    "no rows",
                ),
                part("tree", Waiting, None, ""),
            ])
    };
    let nodes = vec![
        Node::step("Ingest", "12 604 rows", Done),
        Node::step("Statistics", "19 columns", Done),
        Node::step("Schema", "version 2", Cached),
        data,
        Node::step(
            "Transform",
            "31 features",
            if is_refused { Canceled } else { Cached },
        )
        .lane(1),
        train.lane(1),
        Node::step("Evaluate", "", Waiting).lane(1),
        model.lane(1),
        Node::step("Push", "", Waiting).lane(1),
    ];
    let edges = vec![
        (0, 1),
        (1, 2),
        (2, 3),
        (0, 4),
        (4, 5),
        (5, 6),
        (3, 6),
        (6, 7),
        (7, 8),
    ];
    (nodes, edges)
}

pub fn gantt() -> Gantt {
    let row = |name: &str, state, start: f64, end: Option<f64>, note: &str| GanttRow {
        name: name.to_owned(),
        is_part: name.starts_with(' '),
        state,
        start: Some(start),
        end,
        note: note.to_owned(),
    };
    let mut rows = vec![
        row("Ingest", StepState::Done, 0.0, Some(1.4), ""),
        row("Statistics", StepState::Done, 1.4, Some(4.9), ""),
        row("Schema", StepState::Cached, 4.9, Some(5.0), ""),
        row("Data gate", StepState::Done, 5.0, Some(5.3), "OK"),
        row("Transform", StepState::Cached, 1.4, Some(3.0), ""),
        row("Train", StepState::Running, 3.0, None, ""),
        row(" logistic", StepState::Done, 3.0, Some(9.0), "0.684"),
        row(" elastic net", StepState::Done, 3.0, Some(12.5), "0.671"),
        row(" random forest", StepState::Running, 9.0, None, ""),
        row(
            " naive Bayes",
            StepState::Failed,
            12.5,
            Some(13.1),
            "no rows",
        ),
    ];
    rows.push(GanttRow {
        name: "Evaluate".to_owned(),
        ..GanttRow::default()
    });
    Gantt {
        rows,
        now: 21.0,
        selected: Some(5),
    }
}
