//! Aggregate functions: states that take in runs of rows and can be put together in order, so that a dataset can be gone
//! through in chunks. `count`, `sum`, `avg`, `min`, `max` and `stddev` keep a few numbers; `count(distinct x)` keeps
//! the different values, `median` all values.

use super::evaluate::{Bound, Scope, data_type, evaluate, unexpected};
use super::function::AggregateFunction;
use super::node::Node;
use super::{Expression, Kind, Table, WithParts, chunks, scalar_of};
use crate::domain::Scalar;
use crate::domain::expression::ExpressionError;
use crate::domain::schema::ColumnType;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMillisecondArray, new_null_array,
};
use arrow::compute::kernels::aggregate as kernels;
use arrow::compute::{cast, concat};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use hashbrown::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// One call of an aggregate function in an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Aggregate {
    function: AggregateFunction,
    /// `None` for `count(*)`.
    argument: Option<Node>,
    kind: ColumnType,
    range: Range<usize>,
}

impl Aggregate {
    pub(super) fn new(
        function: AggregateFunction,
        argument: Option<Node>,
        kind: ColumnType,
        range: Range<usize>,
    ) -> Self {
        Self {
            function,
            argument,
            kind,
            range,
        }
    }

    pub(super) fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    pub(super) fn needs_all_rows(&self) -> bool {
        matches!(
            self.function,
            AggregateFunction::Median | AggregateFunction::CountDistinct
        )
    }

    fn state(&self) -> State {
        match self.function {
            AggregateFunction::CountRows | AggregateFunction::Count => State::Count(0),
            AggregateFunction::CountDistinct => State::Distinct(Distinct::default()),
            AggregateFunction::Sum | AggregateFunction::Avg => State::Sum(Sum::default()),
            AggregateFunction::Min | AggregateFunction::Max => State::Extreme(None),
            AggregateFunction::StdDev => State::Moments(Moments::default()),
            AggregateFunction::Median => State::Values(Vec::new()),
        }
    }

    /// The state of a run of rows.
    fn gather(&self, scope: &Scope<'_>) -> Result<State, ExpressionError> {
        let mut state = self.state();
        let Some(argument) = &self.argument else {
            return Ok(State::Count(scope.n_rows as u64));
        };
        let values = evaluate(argument, scope)?.into_rows(scope.n_rows);
        match &mut state {
            State::Count(n) => *n = (values.len() - values.null_count()) as u64,
            State::Distinct(distinct) => distinct.add(&values),
            State::Sum(sum) => sum.add(&values),
            State::Extreme(extreme) => *extreme = Some(self.extreme(&values)),
            State::Moments(moments) => {
                values
                    .as_primitive::<Float64Type>()
                    .iter()
                    .flatten()
                    .for_each(|v| moments.add(v));
            }
            State::Values(all) => all.extend(values.as_primitive::<Float64Type>().iter().flatten()),
        }
        Ok(state)
    }

    /// Takes in the state of the rows that follow.
    fn merge(&self, state: &mut State, next: State) -> Result<(), ExpressionError> {
        match (state, next) {
            (State::Count(n), State::Count(m)) => *n += m,
            (State::Distinct(a), State::Distinct(b)) => a.merge(b),
            (State::Sum(a), State::Sum(b)) => a.merge(&b),
            (State::Extreme(a), State::Extreme(Some(b))) => {
                *a = Some(match a.take() {
                    None => b,
                    Some(before) => {
                        let both = concat(&[before.as_ref(), b.as_ref()])
                            .map_err(|e| ExpressionError::at(self.range(), e.to_string()))?;
                        self.extreme(&both)
                    }
                });
            }
            (State::Moments(a), State::Moments(b)) => a.merge(b),
            (State::Values(a), State::Values(b)) => a.extend(b),
            _ => {}
        }
        Ok(())
    }

    /// The smallest or largest value, as an array of length 1.
    fn extreme(&self, values: &ArrayRef) -> ArrayRef {
        let is_min = self.function == AggregateFunction::Min;
        match values.data_type() {
            DataType::Int64 => {
                let a = values.as_primitive::<Int64Type>();
                let v = if is_min {
                    kernels::min(a)
                } else {
                    kernels::max(a)
                };
                Arc::new(Int64Array::from(vec![v]))
            }
            DataType::Float64 => {
                let a = values.as_primitive::<Float64Type>();
                let v = if is_min {
                    kernels::min(a)
                } else {
                    kernels::max(a)
                };
                Arc::new(Float64Array::from(vec![v]))
            }
            DataType::Date32 => {
                let a = values.as_primitive::<Date32Type>();
                let v = if is_min {
                    kernels::min(a)
                } else {
                    kernels::max(a)
                };
                Arc::new(Date32Array::from(vec![v]))
            }
            DataType::Timestamp(..) => {
                let a = values.as_primitive::<TimestampMillisecondType>();
                let v = if is_min {
                    kernels::min(a)
                } else {
                    kernels::max(a)
                };
                Arc::new(TimestampMillisecondArray::from(vec![v]))
            }
            DataType::Boolean => {
                let a = values.as_boolean();
                let v = if is_min {
                    kernels::min_boolean(a)
                } else {
                    kernels::max_boolean(a)
                };
                Arc::new(BooleanArray::from(vec![v]))
            }
            _ => {
                let a = values.as_string::<i32>();
                let v = if is_min {
                    kernels::min_string(a)
                } else {
                    kernels::max_string(a)
                };
                Arc::new(StringArray::from(vec![v]))
            }
        }
    }

    /// The value, as an array of length 1.
    fn finish(&self, state: State) -> Result<ArrayRef, ExpressionError> {
        Ok(match state {
            State::Count(n) => whole(i64::try_from(n).unwrap_or(i64::MAX)),
            State::Distinct(distinct) => whole(i64::try_from(distinct.len()).unwrap_or(i64::MAX)),
            State::Sum(sum) if self.function == AggregateFunction::Avg => real(sum.mean()),
            State::Sum(sum) if sum.n == 0 => new_null_array(&data_type(self.kind), 1),
            State::Sum(sum) if self.kind == ColumnType::Integer => {
                let total = i64::try_from(sum.whole).map_err(|_| {
                    ExpressionError::at(self.range(), "the sum does not fit an integer of 64 bits")
                        .hint("Write sum(cast(x as double)).")
                })?;
                whole(total)
            }
            State::Sum(sum) => real(Some(sum.real())),
            State::Extreme(Some(array)) => array,
            State::Extreme(None) => new_null_array(&data_type(self.kind), 1),
            State::Moments(moments) => real(moments.sd()),
            State::Values(values) => real(median(values)),
        })
    }
}

fn whole(value: i64) -> ArrayRef {
    Arc::new(Int64Array::from(vec![value]))
}

fn real(value: Option<f64>) -> ArrayRef {
    Arc::new(Float64Array::from(vec![value]))
}

#[derive(Debug)]
enum State {
    Count(u64),
    Distinct(Distinct),
    Sum(Sum),
    Extreme(Option<ArrayRef>),
    Moments(Moments),
    Values(Vec<f64>),
}

/// A sum: integers exactly, real numbers with the rounding errors carried along (Neumaier 1974).
#[derive(Debug, Default)]
struct Sum {
    n: u64,
    whole: i128,
    total: f64,
    lost: f64,
}

impl Sum {
    fn add(&mut self, values: &ArrayRef) {
        self.n += (values.len() - values.null_count()) as u64;
        if let Some(integers) = values.as_primitive_opt::<Int64Type>() {
            self.whole += integers.iter().flatten().map(i128::from).sum::<i128>();
        } else if let Some(numbers) = values.as_primitive_opt::<Float64Type>() {
            numbers.iter().flatten().for_each(|v| self.add_real(v));
        }
    }

    fn add_real(&mut self, value: f64) {
        let total = self.total + value;
        self.lost += if self.total.abs() >= value.abs() {
            (self.total - total) + value
        } else {
            (value - total) + self.total
        };
        self.total = total;
    }

    fn merge(&mut self, next: &Self) {
        self.n += next.n;
        self.whole += next.whole;
        self.add_real(next.total);
        self.lost += next.lost;
    }

    fn real(&self) -> f64 {
        // With infinite values the carried error is NaN, and the plain sum is right.
        let sum = self.total + self.lost;
        if sum.is_finite() { sum } else { self.total }
    }

    fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| (self.whole as f64 + self.real()) / self.n as f64)
    }
}

/// Count, mean and sum of squared distances (Welford 1962; merged after Chan, Golub and LeVeque 1979).
#[derive(Debug, Default)]
struct Moments {
    n: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.n += 1.0;
        let distance = value - self.mean;
        self.mean += distance / self.n;
        self.squares += distance * (value - self.mean);
    }

    fn merge(&mut self, next: Self) {
        if self.n == 0.0 {
            *self = next;
        } else if next.n > 0.0 {
            let n = self.n + next.n;
            let distance = next.mean - self.mean;
            self.mean += distance * next.n / n;
            self.squares += next.squares + distance * distance * self.n * next.n / n;
            self.n = n;
        }
    }

    /// Of a sample: divided by n - 1.
    fn sd(&self) -> Option<f64> {
        // Rounding may leave a little below 0; NaN stays NaN.
        let variance = self.squares / (self.n - 1.0);
        (self.n >= 2.0).then(|| if variance < 0.0 { 0.0 } else { variance.sqrt() })
    }
}

/// Different values; only one of the sets is used.
#[derive(Debug, Default)]
struct Distinct {
    bits: HashSet<u64>,
    texts: HashSet<Box<str>>,
}

impl Distinct {
    fn add(&mut self, values: &ArrayRef) {
        if let Some(texts) = values.as_string_opt::<i32>() {
            for text in texts.iter().flatten() {
                if !self.texts.contains(text) {
                    self.texts.insert(text.into());
                }
            }
        } else if let Some(numbers) = values.as_primitive_opt::<Float64Type>() {
            self.bits.extend(numbers.iter().flatten().map(|v| {
                // Equal numbers have equal bits here: one zero, one NaN.
                let v = if v.is_nan() { f64::NAN } else { v + 0.0 };
                v.to_bits()
            }));
        } else if let Ok(whole) = cast(values, &DataType::Int64) {
            let whole = whole.as_primitive::<Int64Type>();
            self.bits
                .extend(whole.iter().flatten().map(i64::cast_unsigned));
        }
    }

    fn merge(&mut self, next: Self) {
        self.bits.extend(next.bits);
        self.texts.extend(next.texts);
    }

    fn len(&self) -> usize {
        self.bits.len() + self.texts.len()
    }
}

/// The value in the middle, or the mean of the two that are there.
fn median(mut values: Vec<f64>) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    let is_even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if !is_even {
        return Some(upper);
    }
    let lower = below.iter().copied().max_by(f64::total_cmp)?;
    Some(lower + (upper - lower) / 2.0)
}

/// Gathers the value of an expression over the table from parts of the table. Parts must come in their order where sums
/// of real numbers are to be the same to the last bit.
#[derive(Debug)]
pub struct Accumulator {
    expression: Expression,
    states: Vec<State>,
}

impl Accumulator {
    pub(super) fn new(expression: Expression) -> Self {
        let states = expression.aggregates.iter().map(Aggregate::state).collect();
        Self { expression, states }
    }

    /// Takes in the rows that follow.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub fn update(&mut self, table: &Table) -> Result<(), ExpressionError> {
        let expression = &self.expression;
        let bound = Bound::new(expression, table)?;
        let parts = chunks(table.n_rows(), |offset, length| {
            let scope = bound.scope(offset, length);
            expression
                .aggregates
                .iter()
                .map(|aggregate| aggregate.gather(&scope))
                .collect::<Result<Vec<State>, _>>()
        })?;
        for part in parts {
            for ((aggregate, state), next) in
                expression.aggregates.iter().zip(&mut self.states).zip(part)
            {
                aggregate.merge(state, next)?;
            }
        }
        Ok(())
    }

    /// Takes in what another accumulator of the same expression has gathered from the rows that follow.
    ///
    /// # Errors
    /// If values cannot be put together.
    pub fn merge(&mut self, next: Self) -> Result<(), ExpressionError> {
        for ((aggregate, state), next) in self
            .expression
            .aggregates
            .iter()
            .zip(&mut self.states)
            .zip(next.states)
        {
            aggregate.merge(state, next)?;
        }
        Ok(())
    }

    /// The value; `None` for NULL, and for an expression over rows.
    ///
    /// # Errors
    /// If a value overflows or cannot be converted.
    pub fn finish(self) -> Result<Option<Scalar>, ExpressionError> {
        if self.expression.kind() == Kind::Rows {
            return Ok(None);
        }
        Ok(scalar_of(&self.finish_array()?))
    }

    pub(super) fn finish_array(self) -> Result<ArrayRef, ExpressionError> {
        let (expression, values) = self.aggregate_values()?;
        outer(&expression, &values)
    }

    pub(super) fn finish_with_parts(self) -> Result<WithParts, ExpressionError> {
        let (expression, values) = self.aggregate_values()?;
        let parts = expression
            .aggregates
            .iter()
            .zip(&values)
            .map(|(aggregate, value)| {
                let text = expression.text().get(aggregate.range()).unwrap_or_default();
                (text.to_owned(), scalar_of(value))
            })
            .collect();
        let value = scalar_of(&outer(&expression, &values)?);
        Ok(WithParts { value, parts })
    }

    fn aggregate_values(self) -> Result<(Expression, Vec<ArrayRef>), ExpressionError> {
        let expression = self.expression;
        let values = expression
            .aggregates
            .iter()
            .zip(self.states)
            .map(|(aggregate, state)| aggregate.finish(state))
            .collect::<Result<Vec<_>, _>>()?;
        Ok((expression, values))
    }
}

/// The expression around its aggregates.
fn outer(expression: &Expression, values: &[ArrayRef]) -> Result<ArrayRef, ExpressionError> {
    let scope = Scope::of_table(values);
    let vector = evaluate(&expression.root, &scope)?;
    let array = vector.into_rows(1);
    if array.len() == 1 {
        return Ok(array);
    }
    let odd = arrow::error::ArrowError::ComputeError("not a single value".to_owned());
    Err(unexpected(&expression.root, &odd))
}
