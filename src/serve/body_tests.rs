//! Bodies that clients really send: too large ones, told before and after they are sent, and JSON with the word NaN.

use super::*;

#[test]
fn a_body_that_is_too_large_is_refused() {
    let server = start(Task::Regression);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = format!(
        "POST {INFER} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        (64 << 20) + 1
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(
        answer.contains("{\"error\":\"the request is larger than 64 MiB"),
        "{answer}"
    );
}

/// Most clients send all of a request before they listen.
#[test]
fn a_body_that_is_too_large_is_refused_after_it_was_sent_too() {
    let server = start(Task::Regression);
    let n_parts = 96;
    for head in [
        format!("Content-Length: {}", n_parts << 20),
        "Transfer-Encoding: chunked".to_owned(),
    ] {
        let is_chunked = head.starts_with("Transfer");
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let head =
            format!("POST {INFER} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{head}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let part = vec![b' '; 1 << 20];
        for _ in 0..n_parts {
            if is_chunked {
                stream.write_all(b"100000\r\n").unwrap();
            }
            stream.write_all(&part).unwrap();
            if is_chunked {
                stream.write_all(b"\r\n").unwrap();
            }
        }
        if is_chunked {
            stream.write_all(b"0\r\n\r\n").unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(answer.contains("larger than 64 MiB"), "{answer}");
    }
}

/// What Python's `json`, and so tritonclient without binary tensors, writes for a missing number.
#[test]
fn the_word_nan_is_a_missing_value_in_json_too() {
    let server = start(Task::Regression);
    let mut with_null = request();
    with_null["inputs"][1]["data"] = json!([null, 2.5]);
    with_null["id"] = json!("NaN \\\" NaN");
    let expected = infer(&server, &with_null);
    assert_eq!(expected.status, 200);
    let body = with_null.to_string().replacen("[null,2.5]", "[NaN,2.5]", 1);
    assert_ne!(body, with_null.to_string());
    let answer = ask(&server, "POST", INFER, "", body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.error());
    assert_eq!(answer.json(), expected.json());
    assert_eq!(answer.json()["id"], "NaN \\\" NaN");
    let broken = body.replacen("[NaN", "[Nan", 1);
    assert_eq!(
        ask(&server, "POST", INFER, "", broken.as_bytes()).status,
        400
    );
}
