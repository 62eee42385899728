//! The functions that an expression may call: names, signatures and meaning. This list feeds the parser, the messages
//! and the completion. What arguments they take is left to `typing::calls`, what they do to `scalar_functions` and
//! `aggregate`.

/// A function over the values of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Abs,
    Round,
    Floor,
    Ceil,
    Sqrt,
    Ln,
    Exp,
    Power,
    Lower,
    Upper,
    Trim,
    Ltrim,
    Rtrim,
    Length,
    Substr,
    Replace,
    StartsWith,
    Coalesce,
    Nullif,
    Least,
    Greatest,
    Extract(Field),
    DateTrunc(Field),
}

/// A part of a day or moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    DayOfWeek,
    DayOfYear,
    Hour,
    Minute,
    Second,
}

/// A function over all rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AggregateFunction {
    /// `count(*)`
    CountRows,
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
    StdDev,
    Median,
}

/// What a name in front of parentheses calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Callee {
    Scalar(Function),
    Aggregate(AggregateFunction),
    /// `date_trunc('month', t)`: the unit is an argument.
    DateTrunc,
}

/// One entry of the list.
pub(super) struct Signature {
    /// In lower case.
    pub(super) name: &'static str,
    pub(super) callee: Callee,
    /// Fewest and most arguments.
    pub(super) arity: (usize, usize),
    /// How it is written.
    pub(super) usage: &'static str,
    /// What it gives.
    pub(super) about: &'static str,
}

const MANY: usize = 64;

const fn scalar(
    name: &'static str,
    function: Function,
    arity: (usize, usize),
    usage: &'static str,
    about: &'static str,
) -> Signature {
    Signature {
        name,
        callee: Callee::Scalar(function),
        arity,
        usage,
        about,
    }
}

const fn aggregate(
    name: &'static str,
    function: AggregateFunction,
    usage: &'static str,
    about: &'static str,
) -> Signature {
    Signature {
        name,
        callee: Callee::Aggregate(function),
        arity: (1, 1),
        usage,
        about,
    }
}

/// All functions; other names for the same follow the one that is shown.
pub(super) const FUNCTIONS: &[Signature] = &[
    scalar("abs", Function::Abs, (1, 1), "abs(x)", "without its sign"),
    scalar(
        "round",
        Function::Round,
        (1, 2),
        "round(x [, digits])",
        "nearest number with so many decimals; halves away from zero",
    ),
    scalar(
        "floor",
        Function::Floor,
        (1, 1),
        "floor(x)",
        "largest whole number that is not above",
    ),
    scalar(
        "ceil",
        Function::Ceil,
        (1, 1),
        "ceil(x)",
        "smallest whole number that is not below",
    ),
    scalar(
        "ceiling",
        Function::Ceil,
        (1, 1),
        "ceiling(x)",
        "the same as ceil",
    ),
    scalar("sqrt", Function::Sqrt, (1, 1), "sqrt(x)", "square root"),
    scalar("ln", Function::Ln, (1, 1), "ln(x)", "natural logarithm"),
    scalar(
        "exp",
        Function::Exp,
        (1, 1),
        "exp(x)",
        "e to the power of x",
    ),
    scalar(
        "power",
        Function::Power,
        (2, 2),
        "power(x, y)",
        "x to the power of y",
    ),
    scalar(
        "pow",
        Function::Power,
        (2, 2),
        "pow(x, y)",
        "the same as power",
    ),
    scalar(
        "lower",
        Function::Lower,
        (1, 1),
        "lower(text)",
        "in lower case",
    ),
    scalar(
        "upper",
        Function::Upper,
        (1, 1),
        "upper(text)",
        "in upper case",
    ),
    scalar(
        "trim",
        Function::Trim,
        (1, 1),
        "trim(text)",
        "without blanks at both ends",
    ),
    scalar(
        "ltrim",
        Function::Ltrim,
        (1, 1),
        "ltrim(text)",
        "without blanks in front",
    ),
    scalar(
        "rtrim",
        Function::Rtrim,
        (1, 1),
        "rtrim(text)",
        "without blanks at the end",
    ),
    scalar(
        "length",
        Function::Length,
        (1, 1),
        "length(text)",
        "number of characters",
    ),
    scalar(
        "substr",
        Function::Substr,
        (2, 3),
        "substr(text, start [, length])",
        "a part of a text; the first character is 1, negative starts count from the end",
    ),
    scalar(
        "substring",
        Function::Substr,
        (2, 3),
        "substring(text, start [, length])",
        "the same as substr",
    ),
    scalar(
        "replace",
        Function::Replace,
        (3, 3),
        "replace(text, what, by)",
        "every occurrence replaced",
    ),
    scalar(
        "starts_with",
        Function::StartsWith,
        (2, 2),
        "starts_with(text, beginning)",
        "whether it begins so",
    ),
    scalar(
        "coalesce",
        Function::Coalesce,
        (1, MANY),
        "coalesce(x, y, …)",
        "the first one that is not NULL",
    ),
    scalar(
        "nullif",
        Function::Nullif,
        (2, 2),
        "nullif(x, y)",
        "NULL where both are equal, else x",
    ),
    scalar(
        "least",
        Function::Least,
        (1, MANY),
        "least(x, y, …)",
        "the smallest one; NULLs do not count",
    ),
    scalar(
        "greatest",
        Function::Greatest,
        (1, MANY),
        "greatest(x, y, …)",
        "the largest one; NULLs do not count",
    ),
    scalar(
        "year",
        Function::Extract(Field::Year),
        (1, 1),
        "year(date)",
        "the year, as extract(year from date)",
    ),
    scalar(
        "quarter",
        Function::Extract(Field::Quarter),
        (1, 1),
        "quarter(date)",
        "1 to 4",
    ),
    scalar(
        "month",
        Function::Extract(Field::Month),
        (1, 1),
        "month(date)",
        "1 to 12",
    ),
    scalar(
        "week",
        Function::Extract(Field::Week),
        (1, 1),
        "week(date)",
        "the week's number by ISO 8601",
    ),
    scalar(
        "day",
        Function::Extract(Field::Day),
        (1, 1),
        "day(date)",
        "1 to 31",
    ),
    scalar(
        "dayofweek",
        Function::Extract(Field::DayOfWeek),
        (1, 1),
        "dayofweek(date)",
        "0 (Sunday) to 6",
    ),
    scalar(
        "dayofyear",
        Function::Extract(Field::DayOfYear),
        (1, 1),
        "dayofyear(date)",
        "1 to 366",
    ),
    scalar(
        "hour",
        Function::Extract(Field::Hour),
        (1, 1),
        "hour(timestamp)",
        "0 to 23",
    ),
    scalar(
        "minute",
        Function::Extract(Field::Minute),
        (1, 1),
        "minute(timestamp)",
        "0 to 59",
    ),
    scalar(
        "second",
        Function::Extract(Field::Second),
        (1, 1),
        "second(timestamp)",
        "0 to 59",
    ),
    Signature {
        name: "date_trunc",
        callee: Callee::DateTrunc,
        arity: (2, 2),
        usage: "date_trunc('month', date)",
        about: "beginning of the year, quarter, month, week, day, hour or minute, as a timestamp",
    },
    aggregate(
        "count",
        AggregateFunction::Count,
        "count(*), count(x), count(distinct x)",
        "number of rows, of values, of different values",
    ),
    aggregate(
        "sum",
        AggregateFunction::Sum,
        "sum(x)",
        "sum of the values; NULL without any",
    ),
    aggregate(
        "avg",
        AggregateFunction::Avg,
        "avg(x)",
        "mean of the values; avg(case when … then 1 else 0 end) is a share",
    ),
    aggregate("min", AggregateFunction::Min, "min(x)", "smallest value"),
    aggregate("max", AggregateFunction::Max, "max(x)", "largest value"),
    aggregate(
        "stddev",
        AggregateFunction::StdDev,
        "stddev(x)",
        "standard deviation of a sample; NULL for fewer than two values",
    ),
    aggregate(
        "stddev_samp",
        AggregateFunction::StdDev,
        "stddev_samp(x)",
        "the same as stddev",
    ),
    aggregate(
        "median",
        AggregateFunction::Median,
        "median(x)",
        "the value in the middle, or the mean of both",
    ),
];

/// Looks a name up, in any case.
pub(super) fn find(name: &str) -> Option<&'static Signature> {
    FUNCTIONS.iter().find(|f| f.name.eq_ignore_ascii_case(name))
}

impl Field {
    /// Its word in `extract(… from …)` and `date_trunc`.
    pub(super) const WORDS: [(&'static str, Self); 12] = [
        ("year", Self::Year),
        ("quarter", Self::Quarter),
        ("month", Self::Month),
        ("week", Self::Week),
        ("day", Self::Day),
        ("dow", Self::DayOfWeek),
        ("dayofweek", Self::DayOfWeek),
        ("doy", Self::DayOfYear),
        ("dayofyear", Self::DayOfYear),
        ("hour", Self::Hour),
        ("minute", Self::Minute),
        ("second", Self::Second),
    ];

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map(|(_, field)| *field)
    }

    /// Whether `date_trunc` can cut there.
    pub(super) fn begins_something(self) -> bool {
        !matches!(self, Self::DayOfWeek | Self::DayOfYear)
    }
}
