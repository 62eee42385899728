//! Tables as Arrow IPC files (Feather 2), and back: how artifacts hold rows. The same table gives the same bytes,
//! however it was sliced or built, so that its hash is the hash of its content. Where the bytes go is left to `store`.

use super::{ColumnData, Table};
use crate::domain::Failure;
use arrow::array::{Array, ArrayRef, BooleanArray, PrimitiveArray, StringBuilder};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::compute::concat_batches;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::ipc::reader::FileReader;
use arrow::ipc::writer::FileWriter;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use std::io::Cursor;
use std::sync::Arc;

/// Why bytes are not a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IpcError {
    /// Not an Arrow file, or a damaged one.
    #[error("The table file is damaged or not an Arrow file: {reason}")]
    Damaged {
        /// What arrow says.
        reason: String,
    },
    /// An Arrow file with a column that a table does not hold.
    #[error("Column {column:?} has the type {data_type}, which tables do not hold")]
    Unsupported {
        /// The column.
        column: String,
        /// Its arrow type.
        data_type: String,
    },
}

impl From<IpcError> for Failure {
    fn from(error: IpcError) -> Self {
        let hint = match error {
            IpcError::Damaged { .. } => "Run the pipeline again: it makes the file anew.",
            IpcError::Unsupported { .. } => "Export the data as CSV and import that.",
        };
        Self::bad_data(error.to_string()).hint(hint)
    }
}

/// The table as an uncompressed Arrow IPC file with one batch. Values of missing cells are written as zeros and empty
/// texts.
#[must_use]
pub fn write(table: &Table) -> Vec<u8> {
    let batch = normalised(table);
    // The columns, and a little for what is said of them.
    let mut bytes = Vec::with_capacity(batch.get_array_memory_size() + (1 << 16));
    let written = FileWriter::try_new(&mut bytes, &batch.schema()).and_then(|mut writer| {
        writer.write(&batch)?;
        writer.finish()
    });
    written.expect("writing flat columns of supported types into memory does not fail");
    bytes
}

/// The table of an Arrow IPC file.
///
/// # Errors
/// If the bytes are damaged or hold columns of other types.
pub fn read(bytes: &[u8]) -> Result<Table, IpcError> {
    let damaged = |error: ArrowError| IpcError::Damaged {
        reason: error.to_string(),
    };
    let reader = FileReader::try_new(Cursor::new(bytes), None).map_err(damaged)?;
    let schema = reader.schema();
    for field in schema.fields() {
        if super::table::column_type(field.data_type()).is_none() {
            return Err(IpcError::Unsupported {
                column: field.name().clone(),
                data_type: field.data_type().to_string(),
            });
        }
    }
    let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().map_err(damaged)?;
    let batch = match <[RecordBatch; 1]>::try_from(batches) {
        Ok([batch]) => batch,
        Err(batches) => concat_batches(&schema, &batches).map_err(damaged)?,
    };
    Ok(Table::from_batch(batch).expect("the types of all columns were checked"))
}

/// The batch with fresh buffers: no offset, no spare capacity, zeros under missing values, a null buffer only where
/// something is missing, all fields nullable and without metadata.
fn normalised(table: &Table) -> RecordBatch {
    let mut fields = Vec::with_capacity(table.n_columns());
    let mut arrays = Vec::with_capacity(table.n_columns());
    for (position, name) in table.names().into_iter().enumerate() {
        let array: ArrayRef = match table.at(position) {
            ColumnData::Integer(a) => Arc::new(primitive(a)),
            ColumnData::Number(a) => Arc::new(primitive(a)),
            ColumnData::Boolean(a) => Arc::new(boolean(a)),
            ColumnData::Text(a) => {
                let mut builder = StringBuilder::new();
                a.iter().for_each(|v| builder.append_option(v));
                let (offsets, values, nulls) = builder.finish().into_parts();
                let nulls = nulls.filter(|n| n.null_count() > 0);
                Arc::new(arrow::array::StringArray::new(offsets, values, nulls))
            }
            ColumnData::Date(a) => Arc::new(primitive(a)),
            ColumnData::Timestamp(a) => Arc::new(primitive(a)),
        };
        let data_type: DataType = array.data_type().clone();
        fields.push(Field::new(name, data_type, true));
        arrays.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(table.n_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .expect("columns keep type and length")
}

fn primitive<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> PrimitiveArray<T> {
    let values: Vec<T::Native> = array.iter().map(Option::unwrap_or_default).collect();
    PrimitiveArray::new(values.into(), nulls(array))
}

fn boolean(array: &BooleanArray) -> BooleanArray {
    let values: BooleanBuffer = array.iter().map(Option::unwrap_or_default).collect();
    BooleanArray::new(values, nulls(array))
}

fn nulls(array: &dyn Array) -> Option<NullBuffer> {
    if array.null_count() == 0 {
        return None;
    }
    let valid: BooleanBuffer = (0..array.len()).map(|i| array.is_valid(i)).collect();
    Some(NullBuffer::new(valid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::reader::read_bytes;
    use crate::domain::work::Quiet;
    use arrow::array::{Float64Array, Int64Array};

    fn table() -> Table {
        let text = "i,n,b,t,d,m\n1,1.5,true,x,2013-01-31,2013-01-31T10:00\n,,,,,\n3,-0.0,false,é\u{1F6A2},1969-12-31,1969-12-31T23:59:59.999\n4,inf,true,y,2013-01-31,2013-01-31\n";
        let outcome = read_bytes("t.csv", text.as_bytes(), &Quiet);
        outcome.expect("the file can be read").table
    }

    #[test]
    fn tables_come_back_bit_by_bit() {
        let table = table();
        let back = read(&write(&table)).expect("a table");
        assert_eq!(back, table);
        let Some(ColumnData::Number(n)) = back.column("n") else {
            panic!("a number column");
        };
        assert_eq!(n.value(2).to_bits(), (-0.0_f64).to_bits());
        assert_eq!(write(&back), write(&table));
        let empty = table.slice(0, 0);
        assert_eq!(read(&write(&empty)).expect("a table"), empty);
        let no_columns = table.select(&[]);
        assert_eq!(read(&write(&no_columns)).expect("a table").n_rows(), 4);
    }

    #[test]
    fn equal_tables_give_equal_bytes_however_they_were_made() {
        let table = table();
        let bytes = write(&table.slice(2, 2));
        assert_eq!(write(&table.take(&[2, 3])), bytes);
        let twice = Table::concat(&[table.slice(0, 2), table.clone()]).expect("the same columns");
        assert_eq!(write(&twice.slice(4, 2)), bytes);

        let hidden = Int64Array::new(vec![1, 99].into(), Some(vec![true, false].into()));
        let zero = Int64Array::from(vec![Some(1), None]);
        let one = |a: Int64Array| Table::from_columns(vec![("x".into(), Arc::new(a) as _)]);
        assert_eq!(
            write(&one(hidden).expect("a table")),
            write(&one(zero).expect("a table"))
        );
        let all_valid = Float64Array::new(vec![1.0].into(), Some(vec![true].into()));
        let no_buffer = Float64Array::from(vec![1.0]);
        let one = |a: Float64Array| Table::from_columns(vec![("x".into(), Arc::new(a) as _)]);
        assert_eq!(
            write(&one(all_valid).expect("a table")),
            write(&one(no_buffer).expect("a table"))
        );
    }

    #[test]
    fn damaged_and_foreign_files_are_refused() {
        let bytes = write(&table());
        for length in [0, 5, bytes.len() / 2, bytes.len() - 1] {
            let error = read(&bytes[..length]).expect_err("cut");
            assert!(matches!(error, IpcError::Damaged { .. }), "{length}");
        }
        let foreign: ArrayRef = Arc::new(arrow::array::Int32Array::from(vec![1]));
        let batch = RecordBatch::try_from_iter([("x", foreign)]).expect("a batch");
        let mut bytes = Vec::new();
        let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).expect("a writer");
        writer.write(&batch).expect("written");
        writer.finish().expect("finished");
        drop(writer);
        assert!(matches!(read(&bytes), Err(IpcError::Unsupported { .. })));
    }
}
