//! Dirty little files: what is read, what is reported, what is refused.

mod refused;
mod types;

use super::*;
use crate::data::ColumnData;
use crate::domain::reading::{DateOrder, Header, Ragged};
use crate::domain::schema::ColumnType::{self, Boolean, Date, Integer, Number, Text, Timestamp};
use crate::domain::work::Quiet;
use crate::domain::{Failure, FailureKind};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

fn read(content: impl AsRef<[u8]>) -> ReadOutcome {
    read_bytes("f.csv", content.as_ref(), &Quiet).expect("the file can be read")
}

fn refused(content: impl AsRef<[u8]>) -> ReadError {
    read_bytes("f.csv", content.as_ref(), &Quiet).expect_err("the file is refused")
}

fn types(table: &Table) -> Vec<ColumnType> {
    (0..table.n_columns())
        .map(|c| table.column_type(c))
        .collect()
}

/// Cells of a row, `~` where missing.
fn row(table: &Table, row: usize) -> Vec<String> {
    (0..table.n_columns())
        .map(|c| table.text(row, c).unwrap_or_else(|| "~".to_owned()))
        .collect()
}

fn says(outcome: &ReadOutcome, words: &str) -> bool {
    outcome.findings.iter().any(|f| f.message.contains(words))
}

#[test]
fn delimiters_are_sniffed_with_quotes_respected() {
    for (text, n_columns, second) in [
        ("a,b\n1,2\n", 2, "2"),
        ("a;b\n1,5;2,5\n3,5;4,5\n", 2, "2.5"),
        ("a\tb\nx, y\tz\n", 2, "z"),
        ("a|b\r\n1|2\r\n", 2, "2"),
        ("a,b\r1,2\r", 2, "2"),
        ("\"a,b\";\"c,d\"\n\"1,2\";\"3,x\"\n", 2, "3,x"),
        ("a,b\n\"x;y;z\",\"1;2;3\"\n", 2, "1;2;3"),
        ("a,b\n\n1,2\n\n\n", 2, "2"),
    ] {
        let table = read(text).table;
        assert_eq!(
            (table.n_columns(), table.n_rows() > 0),
            (n_columns, true),
            "{text:?}"
        );
        assert_eq!(table.text(0, 1).as_deref(), Some(second), "{text:?}");
    }
}

#[test]
fn a_single_column_is_read_whole_and_doubts_are_reported() {
    let plain = read("x\n1\n2\n");
    assert_eq!(
        (types(&plain.table), plain.findings.len()),
        (vec![Integer], 0)
    );
    let blank = read("x\r\n1\r\n\r\n\r\n2\r\n\r\n");
    assert_eq!(blank.table.n_rows(), 2);
    assert!(says(&blank, "2 blank lines"), "{:?}", blank.findings);
    let doubtful = read("x\n1,5\n2,5\n");
    assert_eq!(types(&doubtful.table), [Number]);
    assert!(says(&doubtful, "single column"), "{:?}", doubtful.findings);
}

#[test]
fn encodings_are_recognised() {
    let utf8_mark = read(b"\xef\xbb\xbfname,n\n\xc3\xa9,1\n");
    assert_eq!(utf8_mark.table.names(), ["name", "n"]);
    assert_eq!(utf8_mark.findings, []);
    let windows = read(b"name,n\nx,1\nCaf\xe9 \x80,2\n");
    assert_eq!(row(&windows.table, 1), ["Café €", "2"]);
    assert!(says(&windows, "line 3"), "{:?}", windows.findings);
    for big in [false, true] {
        let mut bytes = if big {
            vec![0xfe, 0xff]
        } else {
            vec![0xff, 0xfe]
        };
        for unit in "name,n\né,1\n".encode_utf16() {
            bytes.extend(if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            });
        }
        let outcome = read(bytes);
        assert_eq!(row(&outcome.table, 0), ["é", "1"]);
        assert!(says(&outcome, "UTF-16"));
    }
}

#[test]
fn names_are_trimmed_filled_and_made_unique() {
    let outcome = read(" a ,,a,a_2,A,\n1,2,3,4,5,6\n");
    let names = ["a", "column_2", "a_3", "a_2", "A", "column_6"];
    assert_eq!(outcome.table.names(), names);
    assert_eq!(outcome.findings.len(), 3);
    let nameless = read("1,2\n3,4\n");
    assert_eq!(nameless.table.names(), ["column_1", "column_2"]);
    assert_eq!(nameless.table.n_rows(), 2);
    assert!(says(&nameless, "no names"));
}

/// Values written by the `csv` crate come back as they were.
#[test]
fn written_texts_come_back() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
    for _ in 0..300 {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["key", "text"]).expect("written");
        let rows: Vec<String> = (0..5)
            .map(|i| {
                let n = random.gen_range(0..8);
                let middle: String = (0..n)
                    .map(|_| ['x', ',', '"', '\n', ';', 'é'][random.gen_range(0..6)])
                    .collect();
                format!("k{i}{middle}z")
            })
            .collect();
        for text in &rows {
            writer.write_record(["a", text.as_str()]).expect("written");
        }
        let bytes = writer.into_inner().expect("flushed");
        let table = read(&bytes).table;
        let back: Vec<_> = (0..table.n_rows())
            .filter_map(|r| table.text(r, 1))
            .collect();
        assert_eq!(back, rows, "{:?}", String::from_utf8_lossy(&bytes));
    }
}

/// What is above, around and behind a table is left out or repaired, and said.
#[test]
fn what_surrounds_a_table_is_left_out_and_said() {
    let wide: Vec<u8> = "a,b\n1,2\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let cases: &[(&[u8], &str)] = &[
        (
            b"Report 2013\na,b,c\n1,2,3\n4,5,6\n7,8,9\n",
            "1 line above the header",
        ),
        (
            b"Report 2013,,\n,,\na,b,c\n1,2,3\n4,5,6\n",
            "2 lines above the header",
        ),
        (
            b"some notes here\na,b\n1,2\n3,4\n",
            "1 line above the header",
        ),
        (
            b"# said, so\na;b\n1;2\n# and more\n3;4\n",
            "taken as comments",
        ),
        (b"sep=;\na;b\n1;2\n", "fields stand between ';'"),
        (b"a,b\n1,2,\n3,4,\n", "Every row ends with a delimiter"),
        (
            b"a,b\n\"1\",2,\"\n\"\n3,4,\" \"\n",
            "Every row ends with a delimiter",
        ),
        (
            b"a,b\n1,2\na,b\n3,4\n",
            "header is repeated once and was left out there: line 3",
        ),
        (b"a,b\nx,1\nTotal,1\n", "may be a footer"),
        (&wide, "UTF-16LE"),
    ];
    for (text, words) in cases {
        let outcome = read(text);
        assert!(says(&outcome, words), "{words}: {:?}", outcome.findings);
        assert!(outcome.table.names()[0] == "a");
    }
}

/// A first line with dates or times among dates and times is a row and no header.
#[test]
fn a_first_row_is_not_lost_as_a_header() {
    for text in [
        "2/28/2008,1:00:00,NaN\n2/29/2008,2:00:00,5\n",
        "\"Dec 8, 2022\"\n\"Nov 9, 2022\"\n",
        "a,31.12.2013\nb,30.12.2013\n",
        "\"142.24\",\"144.78\"\n\"1\",\"0\"\n",
        "\"1\",144.78\n\"2\",0\n",
    ] {
        let outcome = read(text);
        assert_eq!(outcome.table.n_rows(), 2, "{text:?}");
        assert!(says(&outcome, "no names"), "{text:?}");
    }
    for text in [
        "country,2001,2002,2003\nX,1,2,3\n",
        "a,b\n2/28/2008,1:00\n",
        "\"\",\"142.24\",\"144.78\"\n\"9.4\",0,1\n",
    ] {
        assert_eq!(read(text).table.n_rows(), 1, "{text:?}");
    }
}

fn read_as(text: &str, options: &ReadOptions) -> ReadOutcome {
    read_bytes_as("f.csv", text.as_bytes(), options, &Quiet).expect("the file can be read")
}

#[test]
fn options_are_followed() {
    let open = ReadOptions::default;
    let padded = read_as(
        "a,b\n1\n2,3,4\n5,6\n",
        &ReadOptions {
            ragged: Some(Ragged::Pad),
            ..open()
        },
    );
    assert_eq!(padded.table.names(), ["a", "b", "column_3"]);
    assert_eq!(row(&padded.table, 0), ["1", "~", "~"]);
    assert_eq!(row(&padded.table, 1), ["2", "3", "4"]);
    assert!(says(&padded, "rows 1, 2"), "{:?}", padded.findings);
    let stated = read_as(
        "a,b,c\n1,yes,01/02/2013\nx,no,03/02/2013\n",
        &ReadOptions {
            types: [("a".to_owned(), Integer), ("b".to_owned(), Boolean)].into(),
            date_order: Some(DateOrder::MonthDayYear),
            ..open()
        },
    );
    assert_eq!(row(&stated.table, 0), ["1", "true", "2013-01-02"]);
    assert_eq!(row(&stated.table, 1), ["~", "false", "2013-03-02"]);
    assert!(says(&stated, "\"x\" in row 2"), "{:?}", stated.findings);
    let marked = read_as(
        "1 234,5|x\n2,5|NA\n",
        &ReadOptions {
            delimiter: Some('|'),
            header: Some(Header::Absent),
            decimal: Some(','),
            thousands: Some(' '),
            null_tokens: Some(vec!["x".to_owned()]),
            ..open()
        },
    );
    assert_eq!(row(&marked.table, 0), ["1234.5", "~"]);
    assert_eq!(row(&marked.table, 1), ["2.5", "NA"]);
    let escaped = read_as("a,b\n\"say \\\"hi\\\"\",1\n\"c, d\",2\n", &open());
    assert_eq!(row(&escaped.table, 0), ["say \"hi\"", "1"]);
    assert_eq!(escaped.understood.escape, Some('\\'));
    let unknown = ReadOptions {
        encoding: Some("latin-99".to_owned()),
        ..open()
    };
    let error = read_bytes_as("f.csv", b"a\n1\n", &unknown, &Quiet).expect_err("refused");
    assert_eq!(Failure::from(error).kind, FailureKind::Usage);
}

/// Several blocks, a value late in the file that changes a type, quotes over lines everywhere: the same table for any
/// number of threads, and reading again as it was understood gives it again.
#[test]
fn large_files_are_read_whole_whatever_the_threads() {
    let mut text = String::from("id,late,note\n");
    for i in 0..120_000 {
        let late = if i == 110_000 { "2.5" } else { "7" };
        text.push_str(&format!("{i},{late},\"n, {i}\nand \"\"more\"\"\"\n"));
    }
    let in_pool = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .build();
        pool.expect("threads").install(|| read(&text))
    };
    let one = in_pool(1);
    assert_eq!(types(&one.table), [Integer, Number, Text]);
    assert_eq!(one.table.n_rows(), 120_000);
    assert_eq!(
        row(&one.table, 119_999),
        ["119999", "7", "n, 119999\nand \"more\""]
    );
    assert_eq!(one, in_pool(3));
    assert_eq!(one.table, read_as(&text, &one.understood).table);
    text.push_str("1,2\n");
    let ReadError::Ragged { first, footer, .. } = refused(&text) else {
        panic!("a short row is refused");
    };
    assert_eq!((first[0].line, first[0].row), (240_002, 120_001));
    assert_eq!(footer.as_deref(), Some("1"));
}

/// Traits of files of public corpora, each with the shape and the words that say what was done.
#[test]
fn dirty_files_are_read_with_a_word_about_each_repair() {
    let cases: [(&str, usize, &[&str], &str); 8] = [
        (
            "a,b\n1,x\n\n2,y\n,\n",
            3,
            &["a", "b"],
            "1 blank line was left out: line 3",
        ),
        (
            "a,b\n1,x\n,\n2,y\n",
            3,
            &["a", "b"],
            "1 row has no value at all and was kept: row 2",
        ),
        ("#a,b\n1,2\n3,4\n", 2, &["#a", "b"], ""),
        (
            "north,,south,\nx,y,x,y\n1,2,3,4\n5,6,7,8\n",
            2,
            &["north x", "north y", "south x", "south y"],
            "The header has two lines",
        ),
        (
            "notes of today\nmore, please\na,b,c\n1,2,3\n",
            1,
            &["a", "b", "c"],
            "2 lines above the header were left out",
        ),
        (
            "p;q\n$1.50;1\n$2;2\n",
            2,
            &["p", "q"],
            "\"p=number\") the signs are left out",
        ),
        (
            "p;q\nyes;1\nno;2\n",
            2,
            &["p", "q"],
            "\"p=boolean\") they are true and false",
        ),
        (
            "p;q\n1'200.5;1\n3'000;2\n",
            2,
            &["p", "q"],
            "apostrophes between thousands",
        ),
    ];
    for (text, n_rows, names, words) in cases {
        let read = read_bytes("case.csv", text.as_bytes(), &Quiet).expect(text);
        assert_eq!(read.table.n_rows(), n_rows, "{text}");
        assert_eq!(read.table.names(), names, "{text}");
        let said = |f: &Finding| f.message.contains(words);
        assert!(
            words.is_empty() || read.findings.iter().any(said),
            "{text} {:?}",
            read.findings
        );
    }
}

/// Pollock's `row_extra_quote0_col6.csv` has the first, and its `Copy_of_2016-17_Q3_Final_V2.csv` the second.
#[test]
fn odd_names_are_told_of() {
    let outcome = read("a,\"\"b\",\"c\"\n1,2,3\n4,5,6\n");
    assert_eq!(outcome.table.names(), ["a", "\"b", "c"]);
    assert!(says(
        &outcome,
        "1 quoted name in the header has text behind"
    ));
    assert!(says(&outcome, r#"as in "\"b""#));

    let outcome = read("a,cost (\u{9c}),c\n1,2,3\n4,5,6\n");
    assert_eq!(outcome.table.names(), ["a", "cost ()", "c"]);
    assert!(says(&outcome, "cannot be seen"));
}
