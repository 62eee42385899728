//! Dirty little files: what is read, what is reported, what is refused.

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

/// A column in a semicolon file of its own, beside a column of row numbers.
fn column(values: &[&str]) -> ReadOutcome {
    let mut text = "row;x\n".to_owned();
    for (i, value) in values.iter().enumerate() {
        text.push_str(&format!("{i};{value}\n"));
    }
    read(text)
}

#[test]
fn every_type_is_found_and_clean_files_have_no_findings() {
    let outcome = read(
        "i,n,b,t,d,m\n1,1.5,true,x,2013-01-31,2013-01-31T10:00\n,-2e3,FALSE,\"a, \"\"b\"\"\nc\",2013-02-01,2013-01-31 10:00:00.25\n",
    );
    let kinds = [Integer, Number, Boolean, Text, Date, Timestamp];
    assert_eq!(types(&outcome.table), kinds);
    assert_eq!(
        row(&outcome.table, 1),
        [
            "~",
            "-2000",
            "false",
            "a, \"b\"\nc",
            "2013-02-01",
            "2013-01-31T10:00:00.250"
        ]
    );
    assert_eq!(outcome.findings, []);
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

#[test]
fn missing_words_are_missing_everywhere_and_counted() {
    for token in value::NULL_TOKENS {
        let outcome = column(&["7", token, &format!(" {token} "), ""]);
        assert_eq!(types(&outcome.table), [Integer, Integer], "{token}");
        assert_eq!(outcome.table.at(1).n_missing(), 3, "{token}");
        assert!(says(&outcome, "missing in 2 rows"), "{token}");
        assert_eq!(outcome.findings[0].row, Some(2));
    }
    let empty = column(&["", "NA"]);
    assert_eq!(types(&empty.table), [Integer, Text]);
    assert!(says(&empty, "All values are missing"));
}

#[test]
fn types_hold_only_if_every_value_fits() {
    let cases: &[(&[&str], ColumnType, &str)] = &[
        (&["1", "2", "x"], Text, "x"),
        (&["1", "2.5"], Number, "2.5"),
        (&["9007199254740993", "1"], Integer, "1"),
        (&["007", "010"], Text, "010"),
        (&["00.5", "1"], Number, "1"),
        (&["99999999999999999999", "1"], Text, "1"),
        (&["inf", "1"], Number, "1"),
        (&["true", "False"], Boolean, "false"),
        (&["yes", "no"], Text, "no"),
        (&["0", "1"], Integer, "1"),
        (&["31.01.2013", "1.2.2013"], Date, "2013-02-01"),
        (&["01/31/2013", "02/01/2013"], Date, "2013-02-01"),
        (&["31/01/2013", "02/01/2013"], Date, "2013-01-02"),
        (&["01/02/2013", "02/03/2013"], Text, "02/03/2013"),
        (&["01/01/2013", "02/02/2013"], Date, "2013-02-02"),
        (&["2013-01-31", "31.01.2013"], Text, "31.01.2013"),
        (
            &["2013-01-31", "2013-01-31 12:30"],
            Timestamp,
            "2013-01-31T12:30:00",
        ),
        (
            &["2013-01-31T12:00Z", "2013-01-31T14:00+02:00"],
            Timestamp,
            "2013-01-31T12:00:00",
        ),
        (
            &["2013-01-31T12:00Z", "2013-01-31T14:00"],
            Text,
            "2013-01-31T14:00",
        ),
        (&["1.234,5", "2,25"], Number, "2.25"),
        (&["1,234.5", "2"], Number, "2"),
        (&["1.234.567", "2"], Integer, "2"),
        (&["1,234", "5,678"], Number, "5.678"),
    ];
    for (values, kind, last) in cases {
        let outcome = column(values);
        assert_eq!(outcome.table.column_type(1), *kind, "{values:?}");
        let text = outcome.table.text(values.len() - 1, 1);
        assert_eq!(text.as_deref(), Some(*last), "{values:?}");
    }
    let table = column(&["9007199254740993"]).table;
    let Some(ColumnData::Integer(exact)) = table.column("x") else {
        panic!("an integer column");
    };
    assert_eq!(exact.value(0), 9_007_199_254_740_993);
}

#[test]
fn reasons_for_staying_text_are_reported() {
    assert!(says(&column(&["007", "1"]), "identifiers"));
    assert!(says(&column(&["01/02/2013"]), "day or the month"));
    assert!(says(&column(&["99999999999999999999"]), "no digit is lost"));
    assert!(says(&column(&["1,234", "5,678"]), "not certain"));
    let mut values = vec!["1.5"; 57];
    values.extend(["oops", "2", "n.a."]);
    let outcome = column(&values);
    assert_eq!(outcome.table.column_type(1), Text);
    let finding = &outcome.findings[0];
    assert_eq!(
        (finding.row, finding.column.as_deref()),
        (Some(58), Some("x"))
    );
    assert!(finding.message.contains("58 of 60"), "{}", finding.message);
    assert!(
        finding.message.contains("\"n.a.\" in row 60"),
        "{}",
        finding.message
    );
}

#[test]
fn thousands_with_commas_are_read_in_a_comma_file() {
    let outcome = read("a,b\n\"1,234\",\"1,234.5\"\n17,2\n");
    assert_eq!(types(&outcome.table), [Integer, Number]);
    assert_eq!(row(&outcome.table, 0), ["1234", "1234.5"]);
}

#[test]
fn what_would_lose_data_is_refused_with_its_place() {
    let file = || "f.csv".to_owned();
    assert_eq!(refused(""), ReadError::Empty { file: file() });
    assert_eq!(
        refused("\u{feff}\r\n \n"),
        ReadError::Empty { file: file() }
    );
    assert_eq!(
        refused("a,b\n"),
        ReadError::NoRows {
            file: file(),
            n_columns: 2
        }
    );
    assert_eq!(
        refused("a,b\r\n1,2\r\n3,\"x\r\n5,6\r\n"),
        ReadError::UnclosedQuote {
            file: file(),
            line: 3
        }
    );
    assert_eq!(
        refused("a,b\n1,\"x\n2,\"y\"\n3,z\n"),
        ReadError::StrayQuote {
            file: file(),
            opened: 2,
            closed: 3
        }
    );
    assert!(matches!(
        refused(b"a,b\n1,\x002\n"),
        ReadError::NulBytes {
            count: 1,
            position: 6,
            line: 2,
            looks_like_utf16: false,
            ..
        }
    ));
    assert!(matches!(
        refused("PK\u{3}\u{4}..."),
        ReadError::Unsupported { .. }
    ));
}

#[test]
fn ragged_rows_are_all_counted_and_the_first_listed() {
    let error = refused("a,b,c\r\n1,2,3\r\n\r\n1,2\r\n1,2,3,4\r\n\"x\ny\",2,3\r\n9\r\n");
    let ReadError::Ragged {
        expected,
        n_rows,
        n_short,
        n_long,
        first,
        ..
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!((*expected, *n_rows, *n_short, *n_long), (3, 5, 2, 1));
    let places: Vec<_> = first.iter().map(|p| (p.line, p.row, p.n_fields)).collect();
    assert_eq!(places, [(4, 2, 2), (5, 3, 4), (8, 5, 1)]);
    let failure = Failure::from(error);
    assert_eq!(
        (failure.kind, failure.details.len()),
        (FailureKind::BadData, 3)
    );
    let extra = Failure::from(refused("a,b\n1,2,x\n3,4,y\n"));
    assert!(
        extra.hints[0].contains("one field more"),
        "{:?}",
        extra.hints
    );
}

#[test]
fn files_that_are_not_there_and_stops_are_told_apart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let gone = read_file(
        &folder.path().join("x.csv"),
        &ReadOptions::default(),
        &Quiet,
    )
    .expect_err("missing");
    assert_eq!(Failure::from(gone).kind, FailureKind::NotFound);
    let nothing =
        read_file(folder.path(), &ReadOptions::default(), &Quiet).expect_err("an empty folder");
    assert!(matches!(nothing, ReadError::NothingFound { .. }));

    struct Stop;
    impl Monitor for Stop {
        fn is_stopped(&self) -> bool {
            true
        }
        fn progress(&self, _done: u64, _total: u64, _what: &str) {}
        fn unit_begins(&self, _lane: &str, _name: &str) {}
        fn unit_ends(&self, _name: &str) {}
        fn warn(&self, _message: &str) {}
    }
    let stopped = read_bytes("f.csv", b"a,b\n1,2\n", &Stop).expect_err("stopped");
    assert_eq!(Failure::from(stopped).kind, FailureKind::Interrupted);
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
    ] {
        let outcome = read(text);
        assert_eq!(outcome.table.n_rows(), 2, "{text:?}");
        assert!(says(&outcome, "no names"), "{text:?}");
    }
    for text in ["country,2001,2002,2003\nX,1,2,3\n", "a,b\n2/28/2008,1:00\n"] {
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
            "\"p=number\" reads the numbers alone",
        ),
        (
            "p;q\nyes;1\nno;2\n",
            2,
            &["p", "q"],
            "\"p=boolean\" reads them as true and false",
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
