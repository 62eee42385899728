//! Tables that nobody has seen before: `init --data --target`, `run` and `predict` work on them, whatever their task,
//! size, names and odd values.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use lockkeeper::domain::Task;
use lockkeeper::domain::run::RunState;
use std::fmt::Write as _;
use std::path::Path;
use support::{Dice, edit, last_run, lockkeeper, look, on, text};

/// A generated table and what is to come of it.
struct Table {
    name: &'static str,
    csv: String,
    target: &'static str,
    task: Task,
    n_rows: usize,
    classes: &'static [&'static str],
}

/// A row of plain features: number, whole number, text, day, truth value; some missing; one constant, one empty.
const FEATURES: &str = "x,count,city,day,member,constant,nothing";

fn features(dice: &mut Dice) -> (String, f64) {
    let (x, count) = (dice.unit() * 10.0 - 5.0, dice.below(9));
    let city = ["Ulm", "Bonn", "Kiel", "Jena"][dice.below(4)];
    let member = dice.chance(0.4);
    let (month, day) = (dice.below(12) + 1, dice.below(28) + 1);
    let bonus = if city == "Kiel" { 3.0 } else { 0.0 };
    let score = x + bonus + if member { 2.0 } else { 0.0 };
    let x_cell = if dice.chance(0.1) {
        String::new()
    } else {
        format!("{x:.3}")
    };
    let city = if dice.chance(0.05) { "" } else { city };
    let row = format!("{x_cell},{count},{city},2023-{month:02}-{day:02},{member},same,");
    (row, score)
}

fn plain(
    name: &'static str,
    n_rows: usize,
    task: Task,
    classes: &'static [&'static str],
    target: impl Fn(f64, &mut Dice) -> String,
) -> Table {
    let mut dice = Dice(n_rows as u64 + name.len() as u64);
    let mut csv = format!("{FEATURES},y\n");
    for _ in 0..n_rows {
        let (row, score) = features(&mut dice);
        let y = target(score + dice.unit() * 2.0, &mut dice);
        writeln!(csv, "{row},{y}").unwrap();
    }
    Table {
        name,
        csv,
        target: "y",
        task,
        n_rows,
        classes,
    }
}

fn class_of(score: f64, names: &[&str]) -> String {
    let share = ((score + 4.0) / 12.0).clamp(0.0, 0.999);
    names[(share * names.len() as f64) as usize].to_owned()
}

/// Thousands separated, quoted: "12,345.67".
fn separated(value: f64) -> String {
    let (whole, fraction) = (value.trunc() as i64, (value.fract() * 100.0) as i64);
    format!("\"{},{:03}.{fraction:02}\"", whole / 1000, whole % 1000)
}

fn tables() -> Vec<Table> {
    const YES: &[&str] = &["no", "yes"];
    const TRUTH: &[&str] = &["false", "true"];
    const THREE: &[&str] = &["high", "low", "middle"];
    const SIX: &[&str] = &["0", "1", "2", "3", "4", "5"];
    let middle = |s: f64| class_of(s, &["low", "middle", "high"]);
    let mut all = vec![
        plain("binary", 100, Task::Binary, YES, |s, _| {
            (if s > 2.0 { "yes" } else { "no" }).to_owned()
        }),
        plain("truth", 300, Task::Binary, TRUTH, |s, _| {
            (s > 2.0).to_string()
        }),
        plain("zero_one", 300, Task::Binary, &["0", "1"], |s, _| {
            u8::from(s > 2.0).to_string()
        }),
        plain("three", 600, Task::Multiclass, THREE, move |s, _| middle(s)),
        plain("six", 1500, Task::Multiclass, SIX, |s, _| class_of(s, SIX)),
        plain(
            "some_without_target",
            400,
            Task::Multiclass,
            THREE,
            move |s, dice| {
                if dice.chance(0.1) {
                    String::new()
                } else {
                    middle(s)
                }
            },
        ),
        plain("regression", 120, Task::Regression, &[], |s, _| {
            format!("{:.4}", s * 3.0)
        }),
        plain("whole_numbers", 1000, Task::Regression, &[], |s, _| {
            ((s * 100.0) as i64).to_string()
        }),
        plain("thousands", 500, Task::Regression, &[], |s, _| {
            separated(20_000.0 + s * 1000.0)
        }),
        plain("large", 20_000, Task::Binary, YES, |s, _| {
            (if s > 2.0 { "yes" } else { "no" }).to_owned()
        }),
    ];
    all.push(odd_names());
    all.push(many_categories());
    all
}

/// Names with spaces, letters of other alphabets, commas, quotes, and the names that Lockkeeper itself writes.
fn odd_names() -> Table {
    let mut dice = Dice(5);
    let mut csv = String::from(
        "\"size, in m\",\"the \"\"best\"\" one\",Größe 🚢,prediction,probability_yes,row,a.b[c],Ziel Wert\n",
    );
    for i in 0..400 {
        let (a, b) = (dice.unit(), dice.unit());
        let word = ["rot, hell", "grün", "say \"\"hi\"\"", "a\nb"][dice.below(4)];
        let y = if a + b * 0.5 > 0.8 {
            "ja, klar"
        } else {
            "nein"
        };
        writeln!(
            csv,
            "{a:.3},{b:.3},\"{word}\",{:.2},{:.2},{i},{:.1},\"{y}\"",
            dice.unit(),
            dice.unit(),
            dice.unit()
        )
        .unwrap();
    }
    Table {
        name: "odd_names",
        csv,
        target: "Ziel Wert",
        task: Task::Binary,
        n_rows: 400,
        classes: &["ja, klar", "nein"],
    }
}

/// A text with hundreds of values, one with a value of its own in every row, a whole number with few values, a number
/// beyond 2^53, and infinities in words.
fn many_categories() -> Table {
    let mut dice = Dice(6);
    let mut csv = String::from("plate,note,size,big,odd,price\n");
    for i in 0..5000 {
        let (plate, size) = (dice.below(400), dice.below(5));
        let price = size as f64 * 10.0 + plate as f64 / 40.0 + dice.unit();
        let odd = ["1.5", "NaN", "2", "n/a", "-0.0", "1e300"][dice.below(6)];
        writeln!(
            csv,
            "P{plate},note number {i},{size},{},{odd},{price:.3}",
            (1_u64 << 60) + i
        )
        .unwrap();
    }
    Table {
        name: "many_categories",
        csv,
        target: "price",
        task: Task::Regression,
        n_rows: 5000,
        classes: &[],
    }
}

/// The records of a CSV text.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let records = reader.records().map(Result::unwrap);
    records
        .map(|r| r.iter().map(str::to_owned).collect())
        .collect()
}

fn assert_predictions(table: &Table, root: &Path, data: &Path) {
    let said = on(root, &["predict", "1", "--data", text(data)]).exits(0);
    let records = records(&said.out);
    let mut header = vec!["prediction".to_owned()];
    header.extend(table.classes.iter().map(|c| format!("probability_{c}")));
    let mut found = records[0].clone();
    found[1..].sort();
    assert_eq!(found, header, "{}", table.name);
    assert_eq!(records.len(), table.n_rows + 1, "{}", table.name);
    for record in &records[1..] {
        let numbers: Vec<f64> = match table.task {
            Task::Regression => vec![record[0].parse().unwrap()],
            _ => record[1..].iter().map(|v| v.parse().unwrap()).collect(),
        };
        assert!(
            numbers.iter().all(|v| v.is_finite()),
            "{}: {record:?}",
            table.name
        );
        if table.task != Task::Regression {
            let total: f64 = numbers.iter().sum();
            assert!((total - 1.0).abs() < 1e-9, "{}: {record:?}", table.name);
            assert!(table.classes.contains(&record[0].as_str()), "{record:?}");
        }
    }
}

#[test]
fn any_table_becomes_a_workspace_with_a_model_that_predicts() {
    let folder = tempfile::tempdir().unwrap();
    for table in tables() {
        let data = folder.path().join(format!("{} data.csv", table.name));
        std::fs::write(&data, &table.csv).unwrap();
        let root = folder.path().join(table.name);
        let args = [
            "init",
            text(&root),
            "--data",
            text(&data),
            "--target",
            table.target,
        ];
        let said = lockkeeper(&args).exits(0);
        let told = format!("{} of {}", table.task.title(), table.target);
        assert!(said.err.contains(&told), "{told:?} is not in {}", said.err);
        let said = on(&root, &["run"]);
        let run = last_run(&root);
        // A small table may have too few test rows for the gate to say yes; then the model waits as a candidate.
        assert!(
            matches!(run.state, RunState::Complete | RunState::NotBlessed),
            "{}: {}",
            table.name,
            said.err
        );
        if table.n_rows >= 400 {
            assert_eq!(
                run.state,
                RunState::Complete,
                "{}: {}",
                table.name,
                said.err
            );
            assert_eq!(run.promoted, Some(1), "{}: {}", table.name, said.err);
        }
        let snapshot = look(&root);
        let model = &snapshot.models[0];
        assert!(
            model.metrics.iter().any(|m| m.value.is_some()),
            "{}",
            table.name
        );
        let schema = &snapshot.schema.as_ref().unwrap().schema;
        assert!(schema.columns.iter().any(|c| c.name == table.target));
        assert_predictions(&table, &root, &data);
        on(&root, &["run"]);
        assert!(
            last_run(&root)
                .steps
                .iter()
                .all(|s| s.state.is_done() || run.promoted.is_none())
        );
    }
}

#[test]
fn every_candidate_of_the_defaults_fits_every_task() {
    let folder = tempfile::tempdir().unwrap();
    for table in tables().into_iter().filter(|t| t.n_rows <= 1500) {
        let data = folder.path().join(format!("{}.csv", table.name));
        std::fs::write(&data, &table.csv).unwrap();
        let root = folder.path().join(table.name);
        lockkeeper(&[
            "init",
            text(&root),
            "--data",
            text(&data),
            "--target",
            table.target,
        ])
        .exits(0);
        on(&root, &["run"]);
        let workspace = support::open(&root, Some(1));
        let run = last_run(&root);
        let train = run.step(lockkeeper::domain::run::StepKind::Train).unwrap();
        let leaderboard = train
            .outputs
            .iter()
            .find(|o| o.port == "leaderboard")
            .unwrap();
        let answer = workspace
            .answer(&lockkeeper::workspace::Query::artifact(leaderboard))
            .unwrap();
        let lockkeeper::workspace::Answer::Training(report) = answer else {
            panic!("training gives a leaderboard");
        };
        for candidate in &report.candidates {
            assert!(candidate.error.is_none(), "{}: {candidate:?}", table.name);
        }
    }
}

#[test]
fn a_folder_of_files_is_read_as_batches_in_the_order_of_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    for (i, month) in ["2024-01", "2024-02", "2024-03"].into_iter().enumerate() {
        let csv = support::small_table(200, i as u64 + 1);
        std::fs::write(data.join(format!("{month}.csv")), csv).unwrap();
    }
    std::fs::write(data.join("notes.md"), "not data").unwrap();
    let root = folder.path().join("w");
    lockkeeper(&[
        "init",
        text(&root),
        "--data",
        text(&data),
        "--target",
        "late",
    ])
    .exits(0);
    edit(&root, |spec| spec.steps.train.candidates.truncate(1));
    on(&root, &["run"]).exits(0);
    let run = last_run(&root);
    let outputs = &run.steps[0].outputs;
    assert_eq!(outputs.iter().filter(|o| o.port == "examples").count(), 3);
}

#[test]
fn other_delimiters_marks_and_encodings_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let csv = support::small_table(300, 9);
    let semicolons = csv.replace(',', ";").replace('.', ",");
    let tabs = csv.replace(',', "\t");
    let windows = csv.replace('\n', "\r\n");
    let marked = format!("\u{feff}{csv}");
    let latin: Vec<u8> = csv
        .replace("Ulm", "Köln")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(csv.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let cases: [(&str, Vec<u8>); 6] = [
        ("semicolons.csv", semicolons.into_bytes()),
        ("tabs.tsv", tabs.into_bytes()),
        ("windows.csv", windows.into_bytes()),
        ("marked.csv", marked.into_bytes()),
        ("latin.csv", latin),
        ("wide.csv", wide),
    ];
    for (name, bytes) in cases {
        let data = folder.path().join(name);
        std::fs::write(&data, bytes).unwrap();
        let root = folder.path().join(name.replace('.', "_"));
        lockkeeper(&[
            "init",
            text(&root),
            "--data",
            text(&data),
            "--target",
            "late",
        ])
        .exits(0);
        edit(&root, |spec| spec.steps.train.candidates.truncate(1));
        on(&root, &["run"]).exits(0);
        let snapshot = look(&root);
        let schema = &snapshot.schema.as_ref().unwrap().schema;
        let names: Vec<&str> = schema.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["speed", "weight", "city", "day", "late"], "{name}");
    }
}

#[test]
fn copies_of_training_rows_among_the_test_rows_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let once = support::small_table(60, 3);
    let (header, rows) = once.split_once('\n').unwrap();
    let cases = [
        ("copied", format!("{header}\n{}", rows.repeat(5)), true),
        ("once", support::small_table(300, 3), false),
        // Rows of whole numbers are alike without being copies.
        (
            "alike",
            format!("a,b,y\n{}", "1,2,no\n2,2,yes\n2,1,yes\n1,1,no\n".repeat(40)),
            false,
        ),
    ];
    for (name, csv, is_warned) in cases {
        let data = folder.path().join(format!("{name}.csv"));
        std::fs::write(&data, csv).unwrap();
        let root = folder.path().join(name);
        let target = if name == "alike" { "y" } else { "late" };
        lockkeeper(&[
            "init",
            text(&root),
            "--data",
            text(&data),
            "--target",
            target,
        ])
        .exits(0);
        let said = on(&root, &["run", "--json"]);
        let found = said.out.contains("also among the training rows");
        assert_eq!(found, is_warned, "{name}: {}", said.out);
    }
}

#[test]
fn a_table_without_an_input_says_which_columns_are_none_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("reviews.csv");
    let rows: String = (0..200)
        .map(|i| format!("review number {i},{}\n", i % 2))
        .collect();
    std::fs::write(&data, format!("review,stars\n{rows}")).unwrap();
    let root = folder.path().join("reviews");
    lockkeeper(&[
        "init",
        text(&root),
        "--data",
        text(&data),
        "--target",
        "stars",
    ])
    .exits(0);
    let said = on(&root, &["run"]).exits(3);
    assert!(
        said.err.contains("Column review has the role key"),
        "{}",
        said.err
    );
    assert!(said.err.contains("steps.schema.roles"), "{}", said.err);
}
