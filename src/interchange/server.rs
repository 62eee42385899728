//! Requests to servers of other programs: JSON and bytes, with a time limit, tried again where the server is away or busy.

use crate::domain::Failure;
use serde_json::Value;
use std::time::Duration;
use ureq::http::Request;
use ureq::{Agent, Body};

/// Longest time for one request.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pauses before a request is tried again.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(4),
];

/// A server, and who one is for it.
pub struct Server {
    agent: Agent,
    base: String,
    authorization: Option<String>,
}

/// What a request carries.
enum Content<'a> {
    None,
    Json(&'a Value),
    Bytes(&'a [u8]),
}

impl Server {
    /// A server by its address, such as `http://localhost:5000`; `authorization` is the header of that name.
    #[must_use]
    pub fn at(address: &str, authorization: Option<String>) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .build();
        Self {
            agent: config.into(),
            base: address.trim_end_matches('/').to_owned(),
            authorization,
        }
    }

    /// Asks for JSON.
    ///
    /// # Errors
    /// If there is no answer, or it is no success, with the server's own words.
    pub fn get(&self, path: &str) -> Result<Value, Failure> {
        self.request("GET", path, &Content::None)
    }

    /// Sends JSON.
    ///
    /// # Errors
    /// As [`Server::get`].
    pub fn post(&self, path: &str, value: &Value) -> Result<Value, Failure> {
        self.request("POST", path, &Content::Json(value))
    }

    /// Sends JSON; a refusal with this word in it is an answer too.
    ///
    /// # Errors
    /// As [`Server::get`].
    pub fn post_or(&self, path: &str, value: &Value, fine: &str) -> Result<Value, Failure> {
        match self.post(path, value) {
            Err(failure) if failure.summary.contains(fine) => Ok(Value::Null),
            other => other,
        }
    }

    /// Puts bytes at a place.
    ///
    /// # Errors
    /// As [`Server::get`].
    pub fn put(&self, path: &str, bytes: &[u8]) -> Result<(), Failure> {
        self.request("PUT", path, &Content::Bytes(bytes)).map(drop)
    }

    fn request(&self, method: &str, path: &str, content: &Content<'_>) -> Result<Value, Failure> {
        let url = format!("{}{path}", self.base);
        let mut pauses = PAUSES.iter();
        loop {
            let answer = self.once(method, &url, content);
            let is_worth_trying_again = match &answer {
                Ok((status, _)) => matches!(status, 429 | 500 | 502 | 503 | 504),
                Err(_) => true,
            };
            if is_worth_trying_again && let Some(pause) = pauses.next() {
                std::thread::sleep(*pause);
                continue;
            }
            return judged(&url, answer);
        }
    }

    fn once(
        &self,
        method: &str,
        url: &str,
        content: &Content<'_>,
    ) -> Result<(u16, String), String> {
        let mut request = Request::builder().method(method).uri(url);
        if let Some(who) = &self.authorization {
            request = request.header("Authorization", who);
        }
        let sent = match content {
            Content::None => {
                let request = request.body(()).map_err(|e| e.to_string())?;
                self.agent.run(request)
            }
            Content::Json(value) => {
                let request = request.header("Content-Type", "application/json");
                let request = request.body(value.to_string()).map_err(|e| e.to_string())?;
                self.agent.run(request)
            }
            Content::Bytes(bytes) => {
                let request = request.header("Content-Type", "application/octet-stream");
                let request = request.body(*bytes).map_err(|e| e.to_string())?;
                self.agent.run(request)
            }
        };
        let mut answer: ureq::http::Response<Body> = sent.map_err(|e| e.to_string())?;
        let status = answer.status().as_u16();
        let text = answer
            .body_mut()
            .read_to_string()
            .map_err(|e| e.to_string())?;
        Ok((status, text))
    }
}

/// The header of a user with a password (RFC 7617).
#[must_use]
pub fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", base64(format!("{user}:{password}").as_bytes()))
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let at = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let word = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            if place > chunk.len() {
                text.push('=');
            } else {
                let digit = word >> (18 - 6 * place) & 63;
                text.push(char::from(DIGITS[digit as usize]));
            }
        }
    }
    text
}

/// The JSON of a success; a failure with what the server said otherwise.
fn judged(url: &str, answer: Result<(u16, String), String>) -> Result<Value, Failure> {
    match answer {
        Ok((200..=299, text)) if text.trim().is_empty() => Ok(Value::Null),
        // A success whose words are no JSON is a success all the same.
        Ok((200..=299, text)) => Ok(serde_json::from_str(&text).unwrap_or(Value::String(text))),
        Ok((status, text)) => {
            let said: String = text.chars().take(400).collect();
            let failure = Failure::conflict(format!("{url} answered {status}: {said}"));
            Err(failure.hint("Look at the server's own log; what was sent before is kept there."))
        }
        Err(why) => Err(
            Failure::not_found(format!("{url} cannot be reached: {why}"))
                .hint("Is the server running, and is this its address?"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    #[test]
    fn users_are_written_as_the_standard_says() {
        // The example of RFC 7617, section 2.
        assert_eq!(
            basic("Aladdin", "open sesame"),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        );
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ];
        for (text, expected) in vectors {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    /// Answers with these, one after the other, and hands back what it was sent.
    fn answering(answers: Vec<&'static str>) -> (String, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let handle = std::thread::spawn(move || {
            let mut heard = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut bytes = vec![0; 4096];
                let n = stream.read(&mut bytes).unwrap();
                heard.push(String::from_utf8_lossy(&bytes[..n]).into_owned());
                stream.write_all(answer.as_bytes()).unwrap();
            }
            heard
        });
        (address, handle)
    }

    #[test]
    fn a_busy_server_is_asked_again_and_a_refusal_is_told() {
        const BUSY: &str = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        const FINE: &str =
            "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{\"a\":1}";
        const NO: &str =
            "HTTP/1.1 403 No\r\nContent-Length: 9\r\nConnection: close\r\n\r\nnot yours";
        let (address, heard) = answering(vec![BUSY, FINE, NO]);
        let server = Server::at(&address, Some("Bearer token".to_owned()));
        assert_eq!(
            server.post("/here", &json!({"b": 2})).unwrap(),
            json!({"a": 1})
        );
        let refused = server.get("/there").unwrap_err();
        assert!(refused.summary.contains("403: not yours"), "{refused:?}");
        let heard = heard.join().unwrap();
        assert!(
            heard[1].starts_with("POST /here")
                && heard[1]
                    .to_lowercase()
                    .contains("authorization: bearer token")
        );
    }
}
