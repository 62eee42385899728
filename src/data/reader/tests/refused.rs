//! What is refused, with its place.

use super::*;
use crate::domain::work::Stopping;

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

    let stopped = read_bytes("f.csv", b"a,b\n1,2\n", &Stopping).expect_err("stopped");
    assert_eq!(Failure::from(stopped).kind, FailureKind::Interrupted);
}
