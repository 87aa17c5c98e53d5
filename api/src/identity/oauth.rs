//! Tokens for integrations: OAuth 2.0 client credentials (RFC 6749 §4.4), in the standard's own forms, failures included.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::{StatusCode, header},
    post, web,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::id::IntegrationId;
use persistence::identity::{integration, integration::Integration};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::secret::Secret;
use crate::{
    access::{Bearer, Scope, scope_words, scopes_in, token},
    app::App,
    extract::{Form, text_header},
    problem::Problem,
};

/// A request for an access token (RFC 6749 §4.4.2).
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "it only describes the form; a standard's form has rules of its own and is read by `Asked`")]
pub struct TokenRequest {
    /// Always `client_credentials`.
    #[schema(pattern = "^client_credentials$", example = "client_credentials")]
    grant_type: String,
    /// The scopes wanted, separated by spaces: all that the integration has, or fewer.
    #[schema(required = false, nullable = false, max_length = 400, example = "sales:read sales:write")]
    scope: Option<String>,
    /// The integration's id, unless HTTP Basic carries it.
    #[schema(required = false, nullable = false, max_length = 100, example = "integration_01h2xcejqtf2nbrexx3vqjhp41")]
    client_id: Option<String>,
    /// The integration's secret, unless HTTP Basic carries it.
    #[schema(required = false, nullable = false, value_type = Option<String>, format = "password", max_length = 200,
        example = "ent_secret_4XJk0PZbY1mVqk9sT3uQeH6cW8rLdN2aGfBvEoCiRyM")]
    client_secret: Option<Secret>,
}

/// An access token (RFC 6749 §5.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedToken {
    /// The token for `Authorization: Bearer`.
    #[schema(value_type = String)]
    access_token: Secret,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How many seconds it lives.
    #[schema(example = 600)]
    expires_in: i64,
    /// The scopes that it carries, separated by spaces.
    #[schema(example = "sales:read sales:write")]
    scope: String,
}

/// Why no token was issued (RFC 6749 §5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokenError {
    /// The standard's word for it.
    error: TokenErrorCode,
    /// The same for people.
    #[schema(example = "the client id and secret do not belong together")]
    error_description: &'static str,
}

/// The standard's words for why no token was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenErrorCode {
    /// A parameter is missing or stands twice, or the client is named twice.
    InvalidRequest,
    /// The client is unknown, revoked, or its secret is wrong.
    InvalidClient,
    /// Another grant than client credentials.
    UnsupportedGrantType,
    /// A scope that the integration has not.
    InvalidScope,
}

impl TokenErrorCode {
    const fn because(self, error_description: &'static str) -> TokenError {
        TokenError { error: self, error_description }
    }
}

impl TokenError {
    fn answer(&self) -> HttpResponse {
        // The edge would make a problem of it, which no OAuth client understands; this header tells it not to.
        if self.error == TokenErrorCode::InvalidClient {
            return HttpResponse::build(StatusCode::UNAUTHORIZED)
                .insert_header(("x-own-error", "oauth"))
                .insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"entente\""))
                .json(self);
        }
        HttpResponse::BadRequest().insert_header(("x-own-error", "oauth")).json(self)
    }
}

/// What a client asks for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    client: String,
    secret: Secret,
    scope: Option<String>,
}

impl Asked {
    /// Reads a request, from its `Authorization` header and its form.
    fn read(authorization: Option<&str>, form: &[(String, String)]) -> Result<Self, TokenError> {
        use TokenErrorCode::{InvalidClient, InvalidRequest, UnsupportedGrantType};

        let one = |name: &str| {
            // A parameter without a value counts as left out (RFC 6749 §3.2), and one that nobody knows is passed over.
            let mut values = form.iter().filter(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.clone());
            match (values.next(), values.next()) {
                (value, None) => Ok(value),
                _ => Err(InvalidRequest.because("a parameter stands twice")),
            }
        };
        match one("grant_type")?.as_deref() {
            Some("client_credentials") => {}
            Some(_) => return Err(UnsupportedGrantType.because("the grant type must be client_credentials")),
            None => return Err(InvalidRequest.because("the parameter grant_type is missing")),
        }
        let (client, secret, scope) = (one("client_id")?, one("client_secret")?, one("scope")?);
        let (client, secret) = match (authorization, client, secret) {
            (Some(_), _, Some(_)) => return Err(InvalidRequest.because("the client proves itself in two ways at once")),
            (Some(header), client, None) => {
                let (named, secret) = basic(header).ok_or(InvalidClient.because("the header Authorization is no HTTP Basic"))?;
                if client.is_some_and(|client| client != named) {
                    return Err(InvalidRequest.because("the form and the header name two clients"));
                }
                (named, secret)
            }
            (None, Some(client), Some(secret)) => (client, secret),
            _ => return Err(InvalidClient.because("the client does not prove itself")),
        };
        Ok(Self { client, secret: secret.into(), scope })
    }
}

/// The client id and secret of HTTP Basic. Ours consist of characters that form encoding leaves alone, so that there is nothing
/// to decode within them (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    text.split_once(':').map(|(client, secret)| (client.to_owned(), secret.to_owned()))
}

/// The scopes that a token carries: all that the integration has, or those that were asked for if it has them all.
fn narrowed(granted: &[Scope], asked: Option<&str>) -> Result<Vec<Scope>, TokenError> {
    let Some(asked) = asked else { return Ok(granted.to_vec()) };
    let scopes: Option<Vec<Scope>> = asked
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(|word| word.parse::<Scope>().ok().filter(|scope| granted.contains(scope)))
        .collect();
    let scopes = scopes.filter(|scopes| !scopes.is_empty());
    scopes.ok_or(TokenErrorCode::InvalidScope.because("the integration has not all of these scopes"))
}

/// Issue a token to an integration
///
/// OAuth 2.0 client credentials (RFC 6749 §4.4): the client proves itself by HTTP Basic or by `client_id` and `client_secret`
/// in the form. The token can be narrowed to some of the integration's scopes; what the integration may do is looked up at
/// each request. Failures are those of RFC 6749 §5.2.
#[utoipa::path(
    tag = "identity",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token.", body = IssuedToken),
        (status = 400, description = "The request is wrong.", body = TokenError),
        (status = 401, description = "The client did not prove itself.", body = TokenError),
    )
)]
#[post("/v1/oauth/token")]
pub(super) async fn issue_token(app: web::Data<App>, request: HttpRequest, form: Form) -> Result<HttpResponse, Problem> {
    let asked = match Asked::read(text_header(&request, "authorization").as_deref(), &form.0) {
        Ok(asked) => asked,
        Err(error) => return Ok(error.answer()),
    };
    let Asked { client, secret, scope } = asked;
    let secret = secret.digest();
    let found = app.db.read(move |tx| {
        let Ok(id) = client.parse::<IntegrationId>() else { return Ok(None) };
        let now = tx.now()?;
        let found = integration::find_by_secret(tx.conn, id, &secret, now)?;
        Ok::<_, Problem>(found.map(|integration| (integration, now)))
    });
    let Some((Integration { id, scopes, .. }, now)) = found.await? else {
        return Ok(TokenErrorCode::InvalidClient.because("the client id and secret do not belong together").answer());
    };
    let scopes = match narrowed(&scopes_in(&scopes), scope.as_deref()) {
        Ok(scopes) => scopes,
        Err(error) => return Ok(error.answer()),
    };
    let bearer = Bearer::Integration(id);
    let access_token = match scope {
        Some(_) => app.keys.issue_narrowed(bearer, &scopes, now)?,
        None => app.keys.issue(bearer, now)?,
    };
    Ok(HttpResponse::Ok().json(IssuedToken {
        access_token: access_token.into(),
        token_type: "Bearer",
        expires_in: token::LIFETIME.num_seconds(),
        scope: scope_words(&scopes),
    }))
}

/// The public keys that access tokens are signed with (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct SigningKeys {
    /// The keys; while one replaces another, both.
    keys: Vec<SigningKey>,
}

/// One public key.
#[derive(Debug, Serialize, ToSchema)]
pub struct SigningKey {
    /// The family: always `OKP`.
    #[schema(example = "OKP")]
    kty: &'static str,
    /// The curve: always `Ed25519`.
    #[schema(example = "Ed25519")]
    crv: &'static str,
    /// What it is for: always `sig`.
    #[schema(rename = "use", example = "sig")]
    r#use: &'static str,
    /// The algorithm: always `EdDSA`.
    #[schema(example = "EdDSA")]
    alg: &'static str,
    /// The key's id, as it stands in the header of a token.
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    kid: String,
    /// The key.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
}

/// List the keys that tokens are signed with
///
/// For those who check access tokens themselves. A token that is genuine may still have been revoked: only this API knows.
#[utoipa::path(tag = "identity", responses((status = 200, description = "The keys.", body = SigningKeys)))]
#[get("/.well-known/jwks.json")]
pub(super) async fn list_signing_keys(app: web::Data<App>) -> HttpResponse {
    let keys = app.keys.public().map(|key| SigningKey {
        kty: "OKP",
        crv: "Ed25519",
        r#use: "sig",
        alg: "EdDSA",
        kid: key.id.to_owned(),
        x: key.x.to_owned(),
    });
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(SigningKeys { keys: keys.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(authorization: Option<&str>, form: &[(&str, &str)]) -> Result<Asked, TokenErrorCode> {
        let form: Vec<_> = form.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Asked::read(authorization, &form).map_err(|error| error.error)
    }

    fn asked(scope: Option<&str>) -> Result<Asked, TokenErrorCode> {
        let (client, secret) = ("me".to_owned(), Secret::from("s3:cret".to_owned()));
        Ok(Asked { client, secret, scope: scope.map(str::to_owned) })
    }

    const GRANT: (&str, &str) = ("grant_type", "client_credentials");
    /// `me:s3:cret`, as `printf me:s3:cret | base64` writes it.
    const BASIC: &str = "Basic bWU6czM6Y3JldA==";

    #[test]
    fn a_client_proves_itself_by_basic_or_in_the_form() {
        let (id, secret) = (("client_id", "me"), ("client_secret", "s3:cret"));
        assert_eq!(read(Some(BASIC), &[GRANT]), asked(None));
        assert_eq!(read(Some("basic bWU6czM6Y3JldA=="), &[GRANT, id]), asked(None));
        assert_eq!(read(None, &[GRANT, id, secret, ("scope", "a b")]), asked(Some("a b")));
        assert_eq!(read(None, &[GRANT, id, secret, ("scope", ""), ("resource", "unknown to us")]), asked(None));
    }

    #[test]
    fn each_wrong_request_has_the_standards_own_word() {
        use TokenErrorCode::{InvalidClient, InvalidRequest, UnsupportedGrantType};
        let (id, secret) = (("client_id", "me"), ("client_secret", "s3:cret"));
        assert_eq!(read(Some(BASIC), &[]), Err(InvalidRequest));
        assert_eq!(read(Some(BASIC), &[("grant_type", "")]), Err(InvalidRequest));
        assert_eq!(read(Some(BASIC), &[GRANT, GRANT]), Err(InvalidRequest));
        assert_eq!(read(Some(BASIC), &[("grant_type", "password")]), Err(UnsupportedGrantType));
        assert_eq!(read(Some(BASIC), &[GRANT, id, secret]), Err(InvalidRequest));
        assert_eq!(read(Some(BASIC), &[GRANT, ("client_id", "you")]), Err(InvalidRequest));
        assert_eq!(read(None, &[GRANT, id]), Err(InvalidClient));
        assert_eq!(read(None, &[GRANT, secret]), Err(InvalidClient));
        assert_eq!(read(Some("Bearer x"), &[GRANT]), Err(InvalidClient));
        assert_eq!(read(Some("Basic ***"), &[GRANT]), Err(InvalidClient));
    }

    #[test]
    fn a_token_carries_what_was_asked_for_and_never_more_than_there_is() {
        let granted = [Scope::SalesRead, Scope::SalesWrite];
        assert_eq!(narrowed(&granted, None).unwrap(), granted);
        assert_eq!(narrowed(&granted, Some("sales:read")).unwrap(), [Scope::SalesRead]);
        assert_eq!(narrowed(&granted, Some("sales:write sales:read")).unwrap(), [Scope::SalesWrite, Scope::SalesRead]);
        for refused in ["ledger:read", "sales:read ledger:read", "nonsense", " "] {
            assert_eq!(narrowed(&granted, Some(refused)).unwrap_err().error, TokenErrorCode::InvalidScope, "{refused}");
        }
    }
}
