//! From the columns to the features, as `feature::encode` has it.
//!
//! | column | input, `n × 1` | missing is |
//! |---|---|---|
//! | number, boolean | float | NaN |
//! | text | string | the empty text |
//! | day, moment | int64, milliseconds since 1970 | the smallest int64 |

use super::graph::{Builder, float, floats, int, ints, texts};
use super::proto::element;
use crate::feature::{
    CalendarPart, ColumnTransform, Encoding, FeaturePlan, FittedColumn, FittedPart, Form, Shape,
    TargetMeans,
};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Adds the inputs and answers with the features: `n × n_features` 64-bit numbers of f32 precision.
pub(super) fn features(graph: &mut Builder, plan: &FeaturePlan, encoding: Encoding) -> String {
    let mut pieces = Vec::new();
    for column in &plan.columns {
        let (kind, help) = match column.transform {
            ColumnTransform::Number { .. } => (element::FLOAT, "a number; NaN is missing"),
            ColumnTransform::Boolean { .. } => (element::FLOAT, "0 or 1; NaN is missing"),
            ColumnTransform::Text { .. } | ColumnTransform::Target(_) => {
                (element::STRING, "a text; the empty text is missing")
            }
            ColumnTransform::Calendar { .. } => (
                element::INT64,
                "milliseconds since 1970, UTC; the smallest int64 is missing",
            ),
        };
        graph.input(&column.name, kind, help);
    }
    for form in encoding.forms() {
        for column in &plan.columns {
            pieces.extend(of_column(graph, column, *form));
        }
    }
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let all = graph.op("Concat", &pieces, vec![int("axis", 1)]);
    graph.cast(&all, element::DOUBLE)
}

/// The features of a column as float tensors, in their order.
fn of_column(graph: &mut Builder, column: &FittedColumn, form: Form) -> Vec<String> {
    match &column.transform {
        ColumnTransform::Number {
            median,
            mean,
            sd,
            shape,
            ..
        } => {
            let (value, missing) = imputed(graph, &column.name, *median as f32);
            let value = match form {
                Form::Ordinal => value,
                Form::OneHot => {
                    let wide = graph.cast(&value, element::DOUBLE);
                    let shaped = shaped(graph, wide, shape);
                    scaled(graph, &shaped, *mean, *sd)
                }
            };
            with_missing(value, missing, column)
        }
        ColumnTransform::Boolean { imputed: stand_in } => {
            let (value, missing) = imputed(graph, &column.name, f32::from(u8::from(*stand_in)));
            let truth = graph.cast(&value, element::BOOL);
            let value = graph.cast(&truth, element::FLOAT);
            with_missing(value, missing, column)
        }
        ColumnTransform::Text {
            categories,
            has_other,
        } => match form {
            Form::Ordinal => vec![codes(graph, column, categories)],
            Form::OneHot => one_hot_texts(graph, column, categories, *has_other),
        },
        ColumnTransform::Target(means) => (0..means.outputs.len())
            .map(|k| target_mean(graph, &column.name, means, k, form))
            .collect(),
        ColumnTransform::Calendar { parts } => calendar(graph, column, parts, form),
    }
}

fn with_missing(value: String, missing: String, column: &FittedColumn) -> Vec<String> {
    let missing = column.had_missing.then_some(missing);
    [value].into_iter().chain(missing).collect()
}

/// The input with its missing and infinite values replaced, and 1 where it was so.
fn imputed(graph: &mut Builder, input: &str, stand_in: f32) -> (String, String) {
    let nan = graph.op("IsNaN", &[input], Vec::new());
    let infinite = graph.op("IsInf", &[input], Vec::new());
    let bad = graph.op("Or", &[&nan, &infinite], Vec::new());
    let stand_in = graph.floats(vec![stand_in], &[1, 1]);
    let value = graph.op("Where", &[&bad, &stand_in, input], Vec::new());
    (value, graph.cast(&bad, element::FLOAT))
}

/// Scaled in 64 bits and then rounded, as in training.
fn scaled(graph: &mut Builder, wide: &str, mean: f64, sd: f64) -> String {
    let mean = graph.doubles(vec![mean], &[1, 1]);
    let sd = graph.doubles(vec![sd], &[1, 1]);
    let centred = graph.op("Sub", &[wide, &mean], Vec::new());
    let scaled = graph.op("Div", &[&centred, &sd], Vec::new());
    graph.cast(&scaled, element::FLOAT)
}

/// The curve of a number, in 64 bits.
fn shaped(graph: &mut Builder, wide: String, shape: &Shape) -> String {
    match shape {
        Shape::Linear => wide,
        Shape::Log => {
            let one = graph.doubles(vec![1.0], &[1, 1]);
            let size = graph.op("Abs", &[&wide], Vec::new());
            let more = graph.op("Add", &[&size, &one], Vec::new());
            let log = graph.op("Log", &[&more], Vec::new());
            let sign = graph.op("Sign", &[&wide], Vec::new());
            graph.op("Mul", &[&sign, &log], Vec::new())
        }
        Shape::Quantile { knots } => quantile(graph, &wide, knots),
    }
}

/// The first level, and of each line between two knots as much as the number has gone along it.
fn quantile(graph: &mut Builder, wide: &str, knots: &[(f64, f64)]) -> String {
    let lines: Vec<_> = knots.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let first = graph.doubles(vec![knots.first().map_or(0.0, |k| k.1)], &[1, 1]);
    let n = lines.len();
    if n == 0 {
        // All numbers are equal: none of them moves it.
        let zero = graph.doubles(vec![0.0], &[1, 1]);
        let nothing = graph.op("Mul", &[wide, &zero], Vec::new());
        return graph.op("Add", &[&nothing, &first], Vec::new());
    }
    let each = |of: &dyn Fn((f64, f64), (f64, f64)) -> f64| -> Vec<f64> {
        lines.iter().map(|(a, b)| of(*a, *b)).collect()
    };
    let starts = graph.doubles(each(&|a, _| a.0), &[1, n]);
    let widths = graph.doubles(each(&|a, b| b.0 - a.0), &[1, n]);
    let rises = graph.doubles(each(&|a, b| b.1 - a.1), &[n, 1]);
    let (zero, one) = (graph.doubles(vec![0.0], &[]), graph.doubles(vec![1.0], &[]));
    let behind = graph.op("Sub", &[wide, &starts], Vec::new());
    let along = graph.op("Div", &[&behind, &widths], Vec::new());
    let within = graph.op("Clip", &[&along, &zero, &one], Vec::new());
    let risen = graph.op("MatMul", &[&within, &rises], Vec::new());
    graph.op("Add", &[&risen, &first], Vec::new())
}

/// A mean of the target by the text.
fn target_mean(
    graph: &mut Builder,
    input: &str,
    means: &TargetMeans,
    output: usize,
    form: Form,
) -> String {
    let n = means.outputs.len();
    let mut keys: Vec<&str> = means.categories.iter().map(String::as_str).collect();
    let of_keys = means.means.iter().skip(output).step_by(n);
    let mut values: Vec<f32> = of_keys.map(|v| *v as f32).collect();
    if !keys.contains(&"") {
        keys.push("");
        values.push(means.missing[output] as f32);
    }
    let attributes = vec![
        texts("keys_strings", keys),
        floats("values_floats", values),
        float("default_float", means.prior[output] as f32),
    ];
    let value = graph.ml("LabelEncoder", input, attributes);
    match form {
        Form::Ordinal => value,
        Form::OneHot => {
            let (mean, sd) = means.scales[output];
            let wide = graph.cast(&value, element::DOUBLE);
            scaled(graph, &wide, mean, sd)
        }
    }
}

/// 1 where the text is empty.
fn is_empty(graph: &mut Builder, input: &str) -> String {
    let attributes = vec![
        texts("keys_strings", [""]),
        floats("values_floats", vec![1.0]),
        float("default_float", 0.0),
    ];
    graph.ml("LabelEncoder", input, attributes)
}

/// Rank of the category, one more for any other text, one more for none.
fn codes(graph: &mut Builder, column: &FittedColumn, categories: &[String]) -> String {
    let n = categories.len();
    let mut keys: Vec<&str> = categories.iter().map(String::as_str).collect();
    let mut values: Vec<f32> = (0..n).map(|rank| rank as f32).collect();
    if column.had_missing {
        keys.push("");
        values.push((n + 1) as f32);
    }
    let attributes = vec![
        texts("keys_strings", keys),
        floats("values_floats", values),
        float("default_float", n as f32),
    ];
    graph.ml("LabelEncoder", &column.name, attributes)
}

fn one_hot_texts(
    graph: &mut Builder,
    column: &FittedColumn,
    categories: &[String],
    has_other: bool,
) -> Vec<String> {
    let attributes = vec![
        texts("cats_strings", categories.iter().map(String::as_str)),
        int("zeros", 1),
    ];
    let known = graph.ml("OneHotEncoder", &column.name, attributes);
    let known = flat(graph, &known, categories.len());
    let missing = column.had_missing.then(|| is_empty(graph, &column.name));
    let other = has_other.then(|| {
        let one = graph.floats(vec![1.0], &[1, 1]);
        let axes = graph.integers(vec![1], &[1]);
        let any = graph.op("ReduceSum", &[&known, &axes], vec![int("keepdims", 1)]);
        let other = graph.op("Sub", &[&one, &any], Vec::new());
        match &missing {
            Some(missing) => graph.op("Sub", &[&other, missing], Vec::new()),
            None => other,
        }
    });
    [known].into_iter().chain(other).chain(missing).collect()
}

/// `n × 1 × width` as `n × width`.
fn flat(graph: &mut Builder, input: &str, width: usize) -> String {
    let shape = graph.integers(vec![-1, width as i64], &[2]);
    graph.op("Reshape", &[input, &shape], Vec::new())
}

fn calendar(
    graph: &mut Builder,
    column: &FittedColumn,
    parts: &[FittedPart],
    form: Form,
) -> Vec<String> {
    let none = graph.integers(vec![i64::MIN], &[1, 1]);
    let is_missing = graph.op("Equal", &[&column.name, &none], Vec::new());
    let zero = graph.integers(vec![0], &[1, 1]);
    let millis = graph.op("Where", &[&is_missing, &zero, &column.name], Vec::new());
    let mut clock = Clock::new(graph, millis);
    let mut pieces = Vec::new();
    for part in parts {
        let value = clock.part(part.part);
        let graph = &mut *clock.graph;
        if form == Form::OneHot && part.part != CalendarPart::Year {
            let values = part.values.iter().map(|v| i64::from(*v)).collect();
            let attributes = vec![ints("cats_int64s", values), int("zeros", 1)];
            let known = graph.ml("OneHotEncoder", &value, attributes);
            let known = flat(graph, &known, part.values.len());
            let nothing = graph.floats(vec![0.0], &[1, 1]);
            pieces.push(graph.op("Where", &[&is_missing, &nothing, &known], Vec::new()));
            continue;
        }
        let median = graph.integers(vec![part.median.into()], &[1, 1]);
        let mut value = graph.op("Where", &[&is_missing, &median, &value], Vec::new());
        if form == Form::OneHot {
            value = graph.op("Sub", &[&value, &median], Vec::new());
        }
        pieces.push(graph.cast(&value, element::FLOAT));
    }
    if column.had_missing {
        pieces.push(clock.graph.cast(&is_missing, element::FLOAT));
    }
    pieces
}

/// Parts of the calendar from milliseconds, by whole arithmetic on days since 0000-03-01 (Howard Hinnant's
/// `civil_from_days`). Only what is asked for gets into the graph.
struct Clock<'a> {
    graph: &'a mut Builder,
    millis: String,
    day: Option<String>,
    civil: Option<(String, String)>,
}

impl<'a> Clock<'a> {
    fn new(graph: &'a mut Builder, millis: String) -> Self {
        Self {
            graph,
            millis,
            day: None,
            civil: None,
        }
    }

    fn with(&mut self, op: &str, left: &str, right: i64) -> String {
        let right = self.graph.integers(vec![right], &[1, 1]);
        self.graph.op(op, &[left, &right], Vec::new())
    }

    /// The quotient rounded towards minus infinity: ONNX rounds towards zero, but its `Mod` has the divisor's sign.
    fn floor_div(&mut self, left: &str, right: i64) -> String {
        let rest = self.with("Mod", left, right);
        let whole = self.graph.op("Sub", &[left, &rest], Vec::new());
        self.with("Div", &whole, right)
    }

    fn day(&mut self) -> String {
        if self.day.is_none() {
            let millis = self.millis.clone();
            self.day = Some(self.floor_div(&millis, DAY));
        }
        self.day.clone().unwrap_or_default()
    }

    fn part(&mut self, part: CalendarPart) -> String {
        match part {
            CalendarPart::Hour => {
                let millis = self.millis.clone();
                let in_day = self.with("Mod", &millis, DAY);
                self.with("Div", &in_day, 3_600_000)
            }
            CalendarPart::Weekday => {
                let day = self.day();
                let shifted = self.with("Add", &day, 3);
                let from_monday = self.with("Mod", &shifted, 7);
                self.with("Add", &from_monday, 1)
            }
            CalendarPart::Year => self.civil().0,
            CalendarPart::Month => self.civil().1,
        }
    }

    /// Year and month.
    fn civil(&mut self) -> (String, String) {
        if let Some(civil) = &self.civil {
            return civil.clone();
        }
        let day = self.day();
        let from_march_0 = self.with("Add", &day, 719_468);
        let era = self.floor_div(&from_march_0, 146_097);
        let day_of_era = self.with("Mod", &from_march_0, 146_097);
        // (doe − doe/1460 + doe/36524 − doe/146096) / 365
        let four_years = self.with("Div", &day_of_era, 1460);
        let centuries = self.with("Div", &day_of_era, 36_524);
        let last_day = self.with("Div", &day_of_era, 146_096);
        let a = self
            .graph
            .op("Sub", &[&day_of_era, &four_years], Vec::new());
        let b = self.graph.op("Add", &[&a, &centuries], Vec::new());
        let c = self.graph.op("Sub", &[&b, &last_day], Vec::new());
        let year_of_era = self.with("Div", &c, 365);
        // doy = doe − (365 yoe + yoe/4 − yoe/100)
        let days = self.with("Mul", &year_of_era, 365);
        let leap = self.with("Div", &year_of_era, 4);
        let no_leap = self.with("Div", &year_of_era, 100);
        let d = self.graph.op("Add", &[&days, &leap], Vec::new());
        let e = self.graph.op("Sub", &[&d, &no_leap], Vec::new());
        let day_of_year = self.graph.op("Sub", &[&day_of_era, &e], Vec::new());
        // Months from March: (5 doy + 2) / 153
        let f = self.with("Mul", &day_of_year, 5);
        let g = self.with("Add", &f, 2);
        let from_march = self.with("Div", &g, 153);
        let h = self.with("Add", &from_march, 2);
        let month_0 = self.with("Mod", &h, 12);
        let month = self.with("Add", &month_0, 1);
        // January and February belong to the next year.
        let is_next = self.with("Div", &from_march, 10);
        let of_era = self.with("Mul", &era, 400);
        let i = self.graph.op("Add", &[&of_era, &year_of_era], Vec::new());
        let year = self.graph.op("Add", &[&i, &is_next], Vec::new());
        self.civil = Some((year.clone(), month.clone()));
        (year, month)
    }
}
