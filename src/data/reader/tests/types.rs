//! Which type a column gets, and what is said where it stays text.

use super::*;

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
