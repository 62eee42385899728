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
