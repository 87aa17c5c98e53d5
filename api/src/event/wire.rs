//! The JSON of events.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use persistence::event::{self as store, FeedPlace};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::problem::{Problem, Violation};

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// Its id, the same however it is told.
    #[schema(example = "event_01h2xcejqtf2nbrexx3vqjhp41")]
    id: String,
    /// What happened.
    #[schema(example = "registration.accepted")]
    kind: String,
    /// The resource it happened to.
    #[schema(example = "registration_01h2xcejqtf2nbrexx3vqjhp41")]
    subject: String,
    /// The resource's version after it: a later version makes an earlier one obsolete.
    subject_version: i64,
    /// Who did it: a user, an integration, `anonymous`, or `system`.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    actor: String,
    /// The request that did it.
    request_id: String,
    /// When.
    recorded_at: DateTime<Utc>,
    /// The resource as it was after it.
    #[schema(value_type = Object)]
    data: Value,
}

impl Event {
    pub(crate) fn of(event: store::Event) -> Result<Self, Problem> {
        let store::Event { id, network: _, kind, subject, subject_version, actor, audience: _, body, request_id, recorded_at } =
            event;
        let data = serde_json::from_str(&body).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Self { id: id.to_string(), kind, subject, subject_version, actor, request_id, recorded_at, data })
    }
}

/// A part of the feed, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// The events.
    pub data: Vec<Event>,
    /// Where to go on for `after`. It is always there: the feed has no end, only a now.
    #[schema(example = "MTIuMzQ")]
    pub next: String,
}

/// Which part of the feed is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedQuery {
    /// How many events at most.
    #[param(minimum = 1, maximum = 200, default = 50, nullable = false)]
    pub limit: Option<i64>,
    /// Where the part before ended, from its `next`; from the beginning without it.
    #[param(min_length = 1, max_length = 80, pattern = "^[A-Za-z0-9_-]+$", example = "MTIuMzQ", nullable = false)]
    pub after: Option<String>,
    /// Only events of this resource.
    #[param(
        min_length = 1,
        max_length = 120,
        pattern = "^[a-z_]+_[0-9a-z]{26}$",
        example = "registration_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub subject: Option<String>,
}

impl FeedQuery {
    /// Where to begin.
    pub(super) fn place(&self) -> Result<FeedPlace, Problem> {
        let Some(cursor) = &self.after else { return Ok(FeedPlace::default()) };
        let place = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok()).and_then(|text| {
            let (tx, seq) = text.split_once('.')?;
            Some(FeedPlace { tx: tx.parse().ok()?, seq: seq.parse().ok()? })
        });
        place.ok_or_else(|| Problem::invalid(vec![Violation::of_parameter("after", "invalid_cursor")]))
    }
}

/// The cursor of a place.
pub(super) fn cursor(place: FeedPlace) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}.{}", place.tx, place.seq))
}
