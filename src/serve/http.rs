//! The service over HTTP: routes, statuses, limits. Every error is `{"error": "…"}`. What the bytes mean is left to
//! `wire`, the port to `server`.

use super::service::{ModelSlot, ServedModel};
use super::wire::{self, HEADER_LENGTH, InferResponse};
use crate::domain::{Failure, FailureKind};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Largest body of a request, in bytes.
pub const MAX_BODY: usize = 64 * 1024 * 1024;

/// How much of a body that is too large is read and thrown away, in bytes, before it is refused: a client that first sends
/// everything and then listens would see a broken connection instead of the answer. Beyond that the connection is cut.
const MAX_DISCARDED: usize = 1024 * 1024 * 1024;

/// How long it is waited for the next part of a body that is thrown away.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often predictions were asked for. Counts only: at level 0 nothing is kept of what was asked and answered.
#[derive(Debug, Default)]
pub struct Counters {
    requests: AtomicU64,
    errors: AtomicU64,
}

impl Counters {
    /// Requests for predictions so far.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Those of them that were answered with an error.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }
}

#[derive(Clone)]
struct Service {
    slot: Arc<ModelSlot>,
    counters: Arc<Counters>,
}

/// The service of the model in this slot.
pub fn router(slot: Arc<ModelSlot>) -> Router {
    counting_router(slot, Arc::default())
}

/// The same, counting.
pub fn counting_router(slot: Arc<ModelSlot>, counters: Arc<Counters>) -> Router {
    Router::new()
        .route("/v2", get(metadata))
        .route("/v2/", get(metadata))
        .route("/v2/health/live", get(live))
        .route("/v2/health/ready", get(ready))
        .route("/v2/models/{name}", get(model_metadata))
        .route("/v2/models/{name}/ready", get(model_ready))
        .route("/v2/models/{name}/infer", post(infer))
        .route("/v2/models/{name}/versions/{version}", get(model_metadata))
        .route(
            "/v2/models/{name}/versions/{version}/ready",
            get(model_ready),
        )
        .route("/v2/models/{name}/versions/{version}/infer", post(infer))
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .with_state(Service { slot, counters })
}

/// An answer that is an error.
struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        document(self.status, &json!({"error": self.message}))
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let status = match failure.kind {
            FailureKind::Usage | FailureKind::BadData => StatusCode::BAD_REQUEST,
            FailureKind::NotFound => StatusCode::NOT_FOUND,
            FailureKind::Conflict | FailureKind::Interrupted => StatusCode::SERVICE_UNAVAILABLE,
            FailureKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let parts: Vec<String> = std::iter::once(failure.summary)
            .chain(failure.details)
            .collect();
        Self::new(status, parts.join("; "))
    }
}

fn document(status: StatusCode, value: &Value) -> Response {
    let json = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, json)], value.to_string()).into_response()
}

async fn metadata() -> Response {
    document(StatusCode::OK, &wire::server_metadata())
}

async fn live() -> Response {
    document(StatusCode::OK, &json!({"live": true}))
}

async fn ready(State(service): State<Service>) -> Result<Response, Refusal> {
    current(&service)?;
    Ok(document(StatusCode::OK, &json!({"ready": true})))
}

/// `name`, and `version` where the path has one.
type ModelPath = Result<Path<BTreeMap<String, String>>, PathRejection>;

async fn model_metadata(
    State(service): State<Service>,
    path: ModelPath,
) -> Result<Response, Refusal> {
    let model = named(&service, path)?;
    Ok(document(
        StatusCode::OK,
        &wire::model_metadata(model.as_ref()),
    ))
}

async fn model_ready(State(service): State<Service>, path: ModelPath) -> Result<Response, Refusal> {
    let model = named(&service, path)?;
    Ok(document(
        StatusCode::OK,
        &json!({"name": model.name(), "ready": true}),
    ))
}

async fn infer(State(service): State<Service>, path: ModelPath, request: Request) -> Response {
    service.counters.requests.fetch_add(1, Ordering::Relaxed);
    let answer = match answer(&service, path, request).await {
        Ok(answer) => respond(answer),
        Err(refusal) => refusal.into_response(),
    };
    if !answer.status().is_success() {
        service.counters.errors.fetch_add(1, Ordering::Relaxed);
    }
    answer
}

async fn answer(
    service: &Service,
    path: ModelPath,
    request: Request,
) -> Result<InferResponse, Refusal> {
    let model = named(service, path)?;
    let headers = request.headers();
    let too_large = || {
        let message = format!(
            "the request is larger than {} MiB; send fewer rows at once",
            MAX_BODY >> 20
        );
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    };
    // A client that announces too much and waits for leave to send it is told before it does.
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY) && headers.contains_key(header::EXPECT) {
        return Err(too_large());
    }
    let encoding = headers.get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|e| !e.as_bytes().eq_ignore_ascii_case(b"identity")) {
        let message = "compressed requests are not supported; send them without Content-Encoding";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
    }
    let header_length = header_length(headers)?;
    let body = whole(request.into_body()).await.map_err(|why| match why {
        Unread::TooLarge => too_large(),
        Unread::BrokenOff => Refusal::new(StatusCode::BAD_REQUEST, "the request broke off"),
    })?;
    // Parsing and predicting are work for a processor: off the threads that serve connections. A panic inside a model
    // ends this request and nothing else.
    let work = tokio::task::spawn_blocking(move || predict(model.as_ref(), &body, header_length));
    work.await.unwrap_or_else(|_| {
        let message = "the model failed unexpectedly on this request";
        Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message))
    })
}

/// Why a body was not read.
enum Unread {
    TooLarge,
    BrokenOff,
}

/// The bytes of a body. One that is too large is read on without being kept, for as long as something comes.
async fn whole(mut body: Body) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    let mut n_bytes = 0;
    while n_bytes <= MAX_BODY {
        let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        let Some(frame) = frame else {
            return Ok(bytes);
        };
        let frame = frame.map_err(|_| Unread::BrokenOff)?;
        if let Some(part) = frame.data_ref() {
            n_bytes += part.len();
            if n_bytes <= MAX_BODY {
                bytes.extend_from_slice(part);
            }
        }
    }
    drop(bytes);
    while n_bytes < MAX_DISCARDED {
        let next = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        match tokio::time::timeout(PATIENCE, next).await {
            Ok(Some(Ok(frame))) => n_bytes += frame.data_ref().map_or(0, Bytes::len),
            _ => break,
        }
    }
    Err(Unread::TooLarge)
}

fn predict(
    model: &dyn ServedModel,
    body: &[u8],
    header_length: Option<usize>,
) -> Result<InferResponse, Refusal> {
    let request = wire::read_request(body, header_length, model.signature())
        .map_err(|bad| Refusal::new(StatusCode::BAD_REQUEST, bad.to_string()))?;
    let predictions = model.predict(&request.table)?;
    wire::write_response(&request, model, &predictions).ok_or_else(|| {
        let message = "the model's answer does not fit its signature";
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    })
}

fn respond(answer: InferResponse) -> Response {
    let kind = match answer.header_length {
        Some(_) => "application/octet-stream",
        None => "application/json",
    };
    let mut response = Response::new(Body::from(answer.body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(length) = answer.header_length {
        headers.insert(
            header::HeaderName::from_static("inference-header-content-length"),
            HeaderValue::from(length),
        );
    }
    response
}

fn header_length(headers: &HeaderMap) -> Result<Option<usize>, Refusal> {
    let Some(value) = headers.get(HEADER_LENGTH) else {
        return Ok(None);
    };
    let length = value.to_str().ok().and_then(|text| text.parse().ok());
    length.map(Some).ok_or_else(|| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            format!("{HEADER_LENGTH} is not a number"),
        )
    })
}

fn current(service: &Service) -> Result<Arc<dyn ServedModel>, Refusal> {
    service.slot.model().ok_or_else(|| {
        let message = "no model is in production yet; promote one";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, message)
    })
}

/// The model in place, if it is the one that the path names.
fn named(service: &Service, path: ModelPath) -> Result<Arc<dyn ServedModel>, Refusal> {
    let Path(path) =
        path.map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "the path is not UTF-8"))?;
    let model = current(service)?;
    let name = path.get("name").map(String::as_str).unwrap_or_default();
    if name != model.name() {
        let message = format!("there is no model {name:?}; there is {:?}", model.name());
        return Err(Refusal::new(StatusCode::NOT_FOUND, message));
    }
    match path.get("version") {
        Some(version) if *version != model.version().to_string() => {
            let message = format!(
                "version {version} of {name} is not served; version {} is",
                model.version()
            );
            Err(Refusal::new(StatusCode::NOT_FOUND, message))
        }
        _ => Ok(model),
    }
}

async fn no_such_path() -> Refusal {
    let message = "there is nothing at this path; the service speaks the Open Inference Protocol v2 under /v2";
    Refusal::new(StatusCode::NOT_FOUND, message)
}

async fn no_such_method() -> Refusal {
    let message = "wrong method: infer takes POST, everything else GET";
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message)
}
