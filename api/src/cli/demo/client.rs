//! A client of the service within its own process: the same requests, without a socket.

use std::{net::SocketAddr, sync::Arc};

use actix_http::Request;
use actix_web::{
    Error,
    body::{BoxBody, to_bytes},
    dev::{Service, ServiceResponse},
    http::Method,
    test::{TestRequest, init_service},
};
use serde_json::Value;

use crate::{app::App, cli::Failure, serve};

/// The service.
pub(super) struct Client<S> {
    service: S,
}

/// The client of `app`.
pub(super) async fn client(app: &Arc<App>) -> Client<impl Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>> {
    Client { service: init_service(serve::service(Arc::clone(app))).await }
}

/// The token of somebody who signed in.
#[derive(Debug, Clone)]
pub(super) struct Token(pub(super) String);

impl<S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>> Client<S> {
    /// Sends a request and expects it to succeed.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&Token>,
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        let mut request =
            TestRequest::default().method(method.clone()).uri(path).peer_addr(SocketAddr::from(([127, 0, 0, 1], 0)));
        if method == Method::PATCH {
            // Nobody else is there yet.
            request = request.insert_header(("if-match", "*"));
        }
        if let Some(Token(token)) = token {
            request = request.insert_header(("authorization", format!("Bearer {token}")));
        }
        if let Some(body) = body {
            request = request.set_json(body);
        }
        self.answered(request, &format!("{method} {path}")).await
    }

    /// What comes back, where the request succeeds.
    async fn answered(&self, request: TestRequest, asked: &str) -> Result<Value, Failure> {
        let response = self.service.call(request.to_request()).await.map_err(|error| error.to_string())?;
        let status = response.status();
        let bytes = to_bytes(response.into_body()).await.map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&bytes);
        if !status.is_success() {
            return Err(format!("{asked}: {status}: {text}").into());
        }
        Ok(serde_json::from_str(&text)?)
    }

    /// GET.
    pub(super) async fn get(&self, token: &Token, path: &str) -> Result<Value, Failure> {
        self.send(Method::GET, path, Some(token), None).await
    }

    /// POST.
    pub(super) async fn post(&self, token: &Token, path: &str, body: Value) -> Result<Value, Failure> {
        self.send(Method::POST, path, Some(token), Some(body)).await
    }

    /// POST of a file.
    pub(super) async fn upload(&self, token: &Token, path: &str, media_type: &str, text: String) -> Result<Value, Failure> {
        let request = TestRequest::post().uri(path).peer_addr(SocketAddr::from(([127, 0, 0, 1], 0)));
        let request = request.insert_header(("authorization", format!("Bearer {}", token.0)));
        self.answered(request.insert_header(("content-type", media_type)).set_payload(text), &format!("POST {path}")).await
    }

    /// PATCH of whatever version there is.
    pub(super) async fn patch(&self, token: &Token, path: &str, body: Value) -> Result<Value, Failure> {
        self.send(Method::PATCH, path, Some(token), Some(body)).await
    }

    /// Signs a person in.
    pub(super) async fn log_in(&self, email: &str, password: &str) -> Result<Token, Failure> {
        let body = serde_json::json!({ "email": email, "password": password });
        let answer = self.send(Method::POST, "/v1/auth/login", None, Some(body)).await?;
        Ok(Token(text(&answer, "access_token")?.to_owned()))
    }
}

/// A text of an answer.
pub(super) fn text<'v>(value: &'v Value, field: &str) -> Result<&'v str, Failure> {
    value.get(field).and_then(Value::as_str).ok_or_else(|| format!("no {field} in {value}").into())
}
