//! The JSON of people, sessions and integrations.

use chrono::{DateTime, Utc};
use persistence::identity::{integration, session, user};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::secret::Secret;
use crate::{
    access::{Role, Scope, scopes_in},
    problem::Problem,
    wire::Company,
    write::Resource,
};

/// An e-mail address as it is kept: trimmed and in lower case.
#[must_use]
pub fn email(written: &str) -> String {
    written.trim().to_lowercase()
}

/// A sign-in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogIn {
    /// The e-mail address; letter case does not count.
    #[schema(min_length = 3, max_length = 254, pattern = r"^\s*[^@\s]+@[^@\s]+\s*$", example = "ana@example.com")]
    pub email: String,
    /// The password.
    #[schema(value_type = String, format = "password", min_length = 1, max_length = 128, example = "correct horse battery")]
    pub password: Secret,
}

/// An exchange of a refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshSession {
    /// The refresh token of the last answer.
    #[schema(value_type = String, min_length = 1, max_length = 128, example = "ent_refresh_4XJk0PZbY1mVqk9sT3uQeH6cW8rLdN2aGfBvEoCiRyM")]
    pub refresh_token: Secret,
}

/// A person's way in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// The token for `Authorization: Bearer`.
    #[schema(value_type = String)]
    pub access_token: Secret,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// How many seconds the access token lives.
    #[schema(example = 600)]
    pub expires_in: i64,
    /// The token for the next exchange. Each can be used once; using one again ends the session.
    #[schema(value_type = String)]
    pub refresh_token: Secret,
    /// Until when the refresh token can be used.
    pub refresh_expires_at: DateTime<Utc>,
    /// Who signed in.
    pub user: User,
}

/// A person's session.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    #[schema(example = "session_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Whose it is.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub user_id: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// When it was ended before that.
    #[schema(required)]
    pub ended_at: Option<DateTime<Utc>>,
}

impl Resource for Session {}

impl From<session::Session> for Session {
    fn from(session: session::Session) -> Self {
        let session::Session { id, user, expires_at, revoked_at, created_at } = session;
        Self { id: id.to_string(), user_id: user.to_string(), created_at, expires_at, ended_at: revoked_at }
    }
}

/// Who calls, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// A person or an integration.
    pub kind: CallerKind,
    /// The person's or integration's id.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its name.
    #[schema(example = "Ana Sousa")]
    pub name: String,
    /// The person's e-mail address; null for an integration.
    #[schema(required, example = "ana@example.com")]
    pub email: Option<String>,
    /// The code of the network.
    #[schema(example = "example-network")]
    pub network: String,
    /// The company that it acts for.
    pub company: Company,
    /// The person's role; null for an integration.
    #[schema(required)]
    pub role: Option<Role>,
    /// The integration's scopes that its token carries; empty for a person.
    pub scopes: Vec<Scope>,
}

impl Resource for Me {}

/// What kind of caller it is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallerKind {
    /// A person.
    Person,
    /// An integration.
    Integration,
}

/// Whether a person can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// Not yet: the invitation was not accepted.
    Invited,
    /// Yes.
    Active,
    /// No longer.
    Disabled,
}

impl From<user::UserState> for UserState {
    fn from(state: user::UserState) -> Self {
        match state {
            user::UserState::Invited => Self::Invited,
            user::UserState::Active => Self::Active,
            user::UserState::Disabled => Self::Disabled,
        }
    }
}

impl From<UserState> for user::UserState {
    fn from(state: UserState) -> Self {
        match state {
            UserState::Invited => Self::Invited,
            UserState::Active => Self::Active,
            UserState::Disabled => Self::Disabled,
        }
    }
}

/// A person who signs in.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// The id.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The company that the person acts for.
    pub company: Company,
    /// The e-mail address.
    #[schema(example = "ana@example.com")]
    pub email: String,
    /// The name.
    #[schema(example = "Ana Sousa")]
    pub name: String,
    /// The role in the company.
    pub role: Role,
    /// Whether the person can sign in.
    pub state: UserState,
    /// When the person came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The version, which is the entity tag.
    #[schema(example = 1)]
    pub version: i64,
}

impl Resource for User {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/users/{}", self.id))
    }
}

impl TryFrom<user::User> for User {
    type Error = Problem;

    fn try_from(user: user::User) -> Result<Self, Problem> {
        let user::User { id, network: _, company, email, name, role, state, password: _, version, created_at, updated_at } = user;
        Ok(Self {
            id: id.to_string(),
            company: company.into(),
            email,
            name,
            role: role.parse().map_err(|()| Problem::internal(format!("role {role} of {id}")))?,
            state: state.into(),
            created_at,
            updated_at,
            version,
        })
    }
}

/// Which people are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserFilters {
    /// Only those in this state.
    pub state: Option<UserState>,
}

crate::pages!(UserPage of User);

/// A person to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteUser {
    /// The e-mail address; it is kept in lower case.
    #[schema(min_length = 3, max_length = 254, pattern = r"^\s*[^@\s]+@[^@\s]+\s*$", example = "rui@example.com")]
    pub email: String,
    /// The name.
    #[schema(min_length = 1, max_length = 120, pattern = r"\S", example = "Rui Melo")]
    pub name: String,
    /// The role; it must be one of the company's side.
    pub role: Role,
}

/// Changes to a person, as a merge patch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUser {
    /// The name.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"\S", example = "Rui Melo")]
    pub name: Option<String>,
    /// The role; it must be one of the company's side.
    #[serde(default)]
    #[schema(nullable = false)]
    pub role: Option<Role>,
    /// Whether the person can sign in.
    #[serde(default)]
    #[schema(nullable = false)]
    pub state: Option<ChangedState>,
}

/// A state that a person can be put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangedState {
    /// The person can sign in; one who never accepted an invitation becomes `invited` again.
    Active,
    /// The person can no longer sign in, and every session ends at once.
    Disabled,
}

/// A person and the one-time token to set a password with.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedUser {
    /// The person.
    #[serde(flatten)]
    pub user: User,
    /// Shown once: a repeated request answers null here.
    #[schema(required)]
    pub invitation: Option<InvitationToken>,
}

impl Resource for InvitedUser {
    fn version(&self) -> Option<i64> {
        self.user.version()
    }

    fn location(&self) -> Option<String> {
        self.user.location()
    }

    fn kept(&self) -> serde_json::Result<String> {
        without(self, "invitation")
    }
}

/// The JSON of an answer with a secret field made null.
fn without(answer: &impl Serialize, secret: &str) -> serde_json::Result<String> {
    let mut json = serde_json::to_value(answer)?;
    if let Some(field) = json.get_mut(secret) {
        *field = serde_json::Value::Null;
    }
    serde_json::to_string(&json)
}

/// A one-time token to set a password with.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationToken {
    /// The token for `POST /v1/invitations/accept`.
    #[schema(value_type = String)]
    pub token: Secret,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
}

/// An acceptance of an invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// The token of the invitation.
    #[schema(value_type = String, min_length = 1, max_length = 128, example = "ent_invite_4XJk0PZbY1mVqk9sT3uQeH6cW8rLdN2aGfBvEoCiRyM")]
    pub token: Secret,
    /// The new password: 12 to 128 characters of any kind.
    #[schema(value_type = String, format = "password", min_length = 12, max_length = 128, example = "correct horse battery")]
    pub password: Secret,
    /// The name, where the inviting administrator got it wrong.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"\S", example = "Rui Melo")]
    pub name: Option<String>,
}

/// Whether an integration may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntegrationState {
    /// It may.
    Active,
    /// It may not, and never will again.
    Revoked,
}

/// A way into the system for another system.
#[derive(Debug, Serialize, ToSchema)]
pub struct Integration {
    /// Its id, which is its OAuth 2.0 client id too.
    #[schema(example = "integration_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The company that it acts for.
    pub company: Company,
    /// Its name.
    #[schema(example = "CRM")]
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Whether it may come in.
    pub state: IntegrationState,
    /// The secrets that can be used now, without the secrets themselves.
    pub secrets: Vec<SecretSummary>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version, which is its entity tag.
    #[schema(example = 1)]
    pub version: i64,
}

impl Resource for Integration {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/integrations/{}", self.id))
    }
}

impl Integration {
    /// An integration with its live secrets.
    #[must_use]
    pub fn new(integration: integration::Integration, secrets: Vec<integration::Secret>) -> Self {
        let integration::Integration { id, network: _, company, name, scopes, revoked, version, created_at, updated_at } =
            integration;
        Self {
            id: id.to_string(),
            company: company.into(),
            name,
            scopes: scopes_in(&scopes),
            state: if revoked { IntegrationState::Revoked } else { IntegrationState::Active },
            secrets: secrets.into_iter().map(SecretSummary::from).collect(),
            created_at,
            updated_at,
            version,
        }
    }
}

/// That there is a secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecretSummary {
    /// Its id.
    #[schema(example = "secret_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it can be used, once another replaces it.
    #[schema(required)]
    pub expires_at: Option<DateTime<Utc>>,
}

impl From<integration::Secret> for SecretSummary {
    fn from(secret: integration::Secret) -> Self {
        let integration::Secret { id, integration: _, digest: _, expires_at, created_at } = secret;
        Self { id: id.to_string(), created_at, expires_at }
    }
}

crate::pages!(IntegrationPage of Integration);

/// An integration to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateIntegration {
    /// Its name.
    #[schema(min_length = 1, max_length = 120, pattern = r"\S", example = "CRM")]
    pub name: String,
    /// What it may do.
    #[schema(min_items = 1, max_items = 20)]
    pub scopes: Vec<Scope>,
}

/// How a secret is replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// How many hours the secrets before it can still be used: 0 ends them at once.
    #[serde(default = "day")]
    #[schema(minimum = 0, maximum = 168, default = 24, example = 24)]
    pub overlap_hours: u8,
}

const fn day() -> u8 {
    24
}

/// An integration and its new secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrationWithSecret {
    /// The integration.
    #[serde(flatten)]
    pub integration: Integration,
    /// Its OAuth 2.0 client id, which is its id.
    #[schema(example = "integration_01h2xcejqtf2nbrexx3vqjhp41")]
    pub client_id: String,
    /// Shown once: a repeated request answers null here.
    #[schema(required, value_type = Option<String>)]
    pub client_secret: Option<Secret>,
}

impl Resource for IntegrationWithSecret {
    fn version(&self) -> Option<i64> {
        self.integration.version()
    }

    fn location(&self) -> Option<String> {
        self.integration.location()
    }

    fn kept(&self) -> serde_json::Result<String> {
        without(self, "client_secret")
    }
}
