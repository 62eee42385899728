//! Statistics in the format of TensorFlow Data Validation: `tensorflow.metadata.v0.DatasetFeatureStatisticsList`. The
//! messages are those of `tensorflow_metadata/proto/v0/statistics.proto`, cut down to the fields that we fill; reading
//! such files is not needed.

use crate::domain::Scalar;
use crate::domain::schema::ColumnType;
use crate::domain::statistics::{ColumnStatistics, DatasetStatistics};
use prost::Message;

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StatisticsList {
    #[prost(message, repeated, tag = "1")]
    pub(crate) datasets: Vec<Dataset>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Dataset {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(uint64, tag = "2")]
    pub(crate) num_examples: u64,
    #[prost(message, repeated, tag = "3")]
    pub(crate) features: Vec<Feature>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Feature {
    #[prost(int32, tag = "2")]
    pub(crate) kind: i32,
    #[prost(message, optional, tag = "3")]
    pub(crate) num_stats: Option<NumericStatistics>,
    #[prost(message, optional, tag = "4")]
    pub(crate) string_stats: Option<StringStatistics>,
    /// TFDV names a feature by its path, not by the field `name`.
    #[prost(message, optional, tag = "8")]
    pub(crate) path: Option<Path>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Path {
    #[prost(string, repeated, tag = "1")]
    pub(crate) step: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct CommonStatistics {
    #[prost(uint64, tag = "1")]
    pub(crate) num_non_missing: u64,
    #[prost(uint64, tag = "2")]
    pub(crate) num_missing: u64,
    #[prost(uint64, tag = "3")]
    pub(crate) min_num_values: u64,
    #[prost(uint64, tag = "4")]
    pub(crate) max_num_values: u64,
    #[prost(float, tag = "5")]
    pub(crate) avg_num_values: f32,
    #[prost(uint64, tag = "8")]
    pub(crate) tot_num_values: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct NumericStatistics {
    #[prost(message, optional, tag = "1")]
    pub(crate) common_stats: Option<CommonStatistics>,
    #[prost(double, tag = "2")]
    pub(crate) mean: f64,
    #[prost(double, tag = "3")]
    pub(crate) std_dev: f64,
    #[prost(uint64, tag = "4")]
    pub(crate) num_zeros: u64,
    #[prost(double, tag = "5")]
    pub(crate) min: f64,
    #[prost(double, tag = "6")]
    pub(crate) median: f64,
    #[prost(double, tag = "7")]
    pub(crate) max: f64,
    #[prost(message, repeated, tag = "8")]
    pub(crate) histograms: Vec<Histogram>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Histogram {
    #[prost(uint64, tag = "1")]
    pub(crate) num_nan: u64,
    #[prost(message, repeated, tag = "3")]
    pub(crate) buckets: Vec<Bucket>,
    #[prost(int32, tag = "4")]
    pub(crate) kind: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Bucket {
    #[prost(double, tag = "1")]
    pub(crate) low_value: f64,
    #[prost(double, tag = "2")]
    pub(crate) high_value: f64,
    #[prost(double, tag = "4")]
    pub(crate) sample_count: f64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StringStatistics {
    #[prost(message, optional, tag = "1")]
    pub(crate) common_stats: Option<CommonStatistics>,
    #[prost(uint64, tag = "2")]
    pub(crate) unique: u64,
    #[prost(message, repeated, tag = "3")]
    pub(crate) top_values: Vec<Frequency>,
    #[prost(float, tag = "4")]
    pub(crate) avg_length: f32,
    #[prost(message, optional, tag = "5")]
    pub(crate) rank_histogram: Option<RankHistogram>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Frequency {
    #[prost(string, tag = "2")]
    pub(crate) value: String,
    #[prost(double, tag = "3")]
    pub(crate) frequency: f64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct RankHistogram {
    #[prost(message, repeated, tag = "1")]
    pub(crate) buckets: Vec<RankBucket>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct RankBucket {
    #[prost(uint64, tag = "1")]
    pub(crate) low_rank: u64,
    #[prost(uint64, tag = "2")]
    pub(crate) high_rank: u64,
    #[prost(string, tag = "4")]
    pub(crate) label: String,
    #[prost(double, tag = "5")]
    pub(crate) sample_count: f64,
}

/// `FeatureNameStatistics.Type`.
const INT: i32 = 0;
const FLOAT: i32 = 1;
const STRING: i32 = 2;

/// The statistics as a serialised `DatasetFeatureStatisticsList` with one dataset. Truth values are integers 0 and 1, dates
/// and moments are texts, as TFDV takes them from CSV files.
#[must_use]
pub fn statistics_list(name: &str, statistics: &DatasetStatistics) -> Vec<u8> {
    messages(name, statistics).encode_to_vec()
}

/// The same before it is written.
pub(crate) fn messages(name: &str, statistics: &DatasetStatistics) -> StatisticsList {
    let features = statistics.columns.iter().map(feature).collect();
    let dataset = Dataset {
        name: name.to_owned(),
        num_examples: statistics.n_rows,
        features,
    };
    StatisticsList {
        datasets: vec![dataset],
    }
}

fn feature(column: &ColumnStatistics) -> Feature {
    let path = Some(Path {
        step: vec![column.name.clone()],
    });
    let (kind, is_numeric) = match column.kind {
        ColumnType::Integer | ColumnType::Boolean => (INT, true),
        ColumnType::Number => (FLOAT, true),
        ColumnType::Text | ColumnType::Date | ColumnType::Timestamp => (STRING, false),
    };
    Feature {
        kind,
        num_stats: is_numeric.then(|| numeric(column)),
        string_stats: (!is_numeric).then(|| string(column)),
        path,
    }
}

fn common(column: &ColumnStatistics) -> CommonStatistics {
    let has_values = u64::from(column.n_present > 0);
    CommonStatistics {
        num_non_missing: column.n_present,
        num_missing: column.n_missing,
        min_num_values: has_values,
        max_num_values: has_values,
        avg_num_values: has_values as f32,
        tot_num_values: column.n_present,
    }
}

fn numeric(column: &ColumnStatistics) -> NumericStatistics {
    let real = |value: &Option<Scalar>| match value {
        Some(Scalar::Bool(v)) => f64::from(u8::from(*v)),
        Some(other) => other.as_f64().unwrap_or(0.0),
        None => 0.0,
    };
    let count_of = |word: &str| {
        let found = column.top.iter().find(|t| t.value == word);
        found.map_or(0, |t| t.count)
    };
    let is_truth = column.kind == ColumnType::Boolean;
    let n_zeros = if is_truth {
        count_of("false")
    } else {
        column.n_zeros
    };
    let median = if is_truth {
        // The mean of the two middle values, of which zeros come first.
        let n = column.n_present;
        let at = |index: u64| f64::from(u8::from(index >= n_zeros));
        0.5 * (at(n.saturating_sub(1) / 2) + at(n / 2))
    } else {
        let middle = column.quantiles.iter().find(|q| q.p == 0.5);
        middle.map_or(0.0, |q| q.value)
    };
    // TFDV's standard deviation has the denominator n.
    let n = column.histogram.iter().map(|b| b.count).sum::<u64>();
    let n = if is_truth { column.n_present } else { n } as f64;
    let std_dev = column.sd.map_or(0.0, |sd| sd * ((n - 1.0) / n).sqrt());
    let standard = Histogram {
        num_nan: column.n_nan,
        kind: 0,
        buckets: column
            .histogram
            .iter()
            .map(|bin| Bucket {
                low_value: bin.low,
                high_value: bin.high,
                sample_count: bin.count as f64,
            })
            .collect(),
    };
    NumericStatistics {
        common_stats: Some(common(column)),
        mean: column.mean.unwrap_or(0.0),
        std_dev,
        num_zeros: n_zeros,
        min: real(&column.min),
        median,
        max: real(&column.max),
        histograms: vec![standard],
    }
}

fn string(column: &ColumnStatistics) -> StringStatistics {
    let top_values = column.top.iter().map(|t| Frequency {
        value: t.value.clone(),
        frequency: t.count as f64,
    });
    let buckets = column.top.iter().zip(0..).map(|(t, rank)| RankBucket {
        low_rank: rank,
        high_rank: rank,
        label: t.value.clone(),
        sample_count: t.count as f64,
    });
    StringStatistics {
        common_stats: Some(common(column)),
        unique: column.n_distinct,
        top_values: top_values.collect(),
        avg_length: column.mean_length.unwrap_or(0.0) as f32,
        rank_histogram: Some(RankHistogram {
            buckets: buckets.collect(),
        }),
    }
}
