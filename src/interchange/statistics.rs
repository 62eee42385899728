//! Statistics as `tensorflow.metadata.v0.DatasetFeatureStatisticsList` in the text format of protocol buffers: the message of
//! `data::profile::tfdv`, field by field.

use crate::data::profile::tfdv::{
    CommonStatistics, Feature, NumericStatistics, StringStatistics, messages,
};
use crate::domain::dataset::StatisticsReport;
use crate::validate::interchange::text_format::Writer;

/// The statistics of every batch, a dataset each.
#[must_use]
pub fn text(report: &StatisticsReport) -> String {
    let mut w = Writer::default();
    for batch in &report.batches {
        for dataset in messages(&batch.name, &batch.statistics).datasets {
            w.message("datasets", |w| {
                w.text("name", &dataset.name);
                w.bare("num_examples", dataset.num_examples);
                for one in &dataset.features {
                    w.message("features", |w| feature(w, one));
                }
            });
        }
    }
    w.finish()
}

fn feature(w: &mut Writer, feature: &Feature) {
    w.bare(
        "type",
        ["INT", "FLOAT", "STRING"][feature.kind.clamp(0, 2) as usize],
    );
    if let Some(numbers) = &feature.num_stats {
        w.message("num_stats", |w| numeric(w, numbers));
    }
    if let Some(texts) = &feature.string_stats {
        w.message("string_stats", |w| string(w, texts));
    }
    if let Some(path) = &feature.path {
        w.message("path", |w| {
            path.step.iter().for_each(|step| w.text("step", step))
        });
    }
}

fn common(w: &mut Writer, common: &Option<CommonStatistics>) {
    let Some(common) = common else { return };
    w.message("common_stats", |w| {
        w.bare("num_non_missing", common.num_non_missing);
        w.bare("num_missing", common.num_missing);
        w.bare("min_num_values", common.min_num_values);
        w.bare("max_num_values", common.max_num_values);
        w.bare("avg_num_values", common.avg_num_values);
        w.bare("tot_num_values", common.tot_num_values);
    });
}

fn numeric(w: &mut Writer, stats: &NumericStatistics) {
    common(w, &stats.common_stats);
    for (name, value) in [
        ("mean", stats.mean),
        ("std_dev", stats.std_dev),
        ("min", stats.min),
        ("median", stats.median),
        ("max", stats.max),
    ] {
        w.bare(name, real(value));
    }
    w.bare("num_zeros", stats.num_zeros);
    for histogram in &stats.histograms {
        w.message("histograms", |w| {
            w.bare("num_nan", histogram.num_nan);
            for bucket in &histogram.buckets {
                w.message("buckets", |w| {
                    w.bare("low_value", real(bucket.low_value));
                    w.bare("high_value", real(bucket.high_value));
                    w.bare("sample_count", real(bucket.sample_count));
                });
            }
            w.bare("type", "STANDARD");
        });
    }
}

fn string(w: &mut Writer, stats: &StringStatistics) {
    common(w, &stats.common_stats);
    w.bare("unique", stats.unique);
    for top in &stats.top_values {
        w.message("top_values", |w| {
            w.text("value", &top.value);
            w.bare("frequency", real(top.frequency));
        });
    }
    w.bare("avg_length", stats.avg_length);
    if let Some(ranks) = &stats.rank_histogram {
        w.message("rank_histogram", |w| {
            for bucket in &ranks.buckets {
                w.message("buckets", |w| {
                    w.bare("low_rank", bucket.low_rank);
                    w.bare("high_rank", bucket.high_rank);
                    w.text("label", &bucket.label);
                    w.bare("sample_count", real(bucket.sample_count));
                });
            }
        });
    }
}

/// A number as the text format writes it.
fn real(value: f64) -> String {
    if value.is_nan() {
        "nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "inf" } else { "-inf" }.to_owned()
    } else {
        format!("{value:e}")
    }
}
