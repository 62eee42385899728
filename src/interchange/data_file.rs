//! A batch as a CSV file that other programs read back without loss: UTF-8, commas, quotes where they are needed, numbers in
//! their shortest form that gives the same number again, days and moments as ISO 8601, nothing where a value is missing.

use crate::data::Table;
use crate::domain::schema::ColumnType;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// A batch, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Its name, unique among the files of the dataset.
    pub name: String,
    /// Its columns: names and types.
    pub columns: Vec<(String, ColumnType)>,
    /// Rows.
    pub n_rows: usize,
    /// The whole file.
    pub bytes: Vec<u8>,
    /// SHA-256 of it, in hexadecimal digits.
    pub sha256: String,
}

/// Batches as CSV files; `names` are the batches' own.
///
/// # Errors
/// None for tables of ours; the writer's, in words.
pub fn data_files(batches: &[(String, Table)]) -> Result<Vec<DataFile>, String> {
    let mut taken = BTreeSet::new();
    let mut files = Vec::with_capacity(batches.len());
    for (name, table) in batches {
        let bytes = csv(table).map_err(|e| e.to_string())?;
        let columns = table.names().into_iter().enumerate();
        files.push(DataFile {
            name: free_name(name, &mut taken),
            columns: columns
                .map(|(at, name)| (name, table.column_type(at)))
                .collect(),
            n_rows: table.n_rows(),
            sha256: hex(&Sha256::digest(&bytes)),
            bytes,
        });
    }
    Ok(files)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file name that every program and system takes: `flights 2013.parquet` is `flights_2013.csv`.
fn free_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let stem = name.split('.').next().unwrap_or(name);
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    let stem: String = stem.chars().take(60).map(plain).collect();
    let stem = if stem.is_empty() {
        "batch".to_owned()
    } else {
        stem.to_lowercase()
    };
    let mut free = format!("{stem}.csv");
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{stem}-{number}.csv");
        number += 1;
    }
    free
}

fn csv(table: &Table) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(table.names())?;
    let columns: Vec<_> = (0..table.n_columns()).map(|at| table.at(at)).collect();
    for row in 0..table.n_rows() {
        for column in &columns {
            writer.write_field(column.text(row).unwrap_or_default())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
    use std::sync::Arc;

    #[test]
    fn values_survive_with_quotes_line_ends_and_all_their_digits() {
        let texts = StringArray::from(vec![Some("a,\"b\"\nc"), None, Some("ü")]);
        let whole = Int64Array::from(vec![Some(i64::MAX), Some(-1), None]);
        let real = Float64Array::from(vec![0.1 + 0.2, 1e300, -0.0]);
        let columns: Vec<(String, ArrayRef)> = vec![
            ("té xt".to_owned(), Arc::new(texts)),
            ("n".to_owned(), Arc::new(whole)),
            ("x".to_owned(), Arc::new(real)),
        ];
        let table = Table::from_columns(columns).unwrap();
        let batches = [
            ("A b.parquet".to_owned(), table.clone()),
            ("a B.csv".to_owned(), table),
        ];
        let files = data_files(&batches).unwrap();
        let names: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["a_b.csv", "a_b-2.csv"]);
        let mut reader = csv::Reader::from_reader(&files[0].bytes[..]);
        assert_eq!(reader.headers().unwrap(), vec!["té xt", "n", "x"]);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(&rows[0][0], "a,\"b\"\nc");
        assert_eq!((&rows[0][1], &rows[2][1]), ("9223372036854775807", ""));
        let numbers: Vec<f64> = rows.iter().map(|row| row[2].parse().unwrap()).collect();
        assert_eq!(numbers[..2], [0.1 + 0.2, 1e300]);
        assert!(numbers[2].is_sign_negative());
        assert_eq!(files[0].sha256.len(), 64);
    }
}
