//! The append-only events: audit trail, feed, and source of what others are told.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::id::{CompanyId, EventId, MasterId, NetworkId, PartnerId};

use crate::{
    columns::{At, Uid},
    db::Conn,
    dialect,
    error::DbError,
    schema::events,
    view::View,
};

/// The companies that an event concerns: nobody else reads it (D22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audience {
    /// The supervising master.
    pub master: Option<MasterId>,
    /// The partner whose matter it is.
    pub partner: Option<PartnerId>,
    /// Another company that is a party to it.
    pub counterparty: Option<CompanyId>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// The network.
    pub network: NetworkId,
    /// What happened: `registration.accepted`.
    pub kind: String,
    /// The id of the resource it happened to.
    pub subject: String,
    /// The resource's version after it.
    pub subject_version: i64,
    /// Who did it: the id of a user or an integration, or `system`.
    pub actor: String,
    /// Whom it concerns.
    pub audience: Audience,
    /// The resource as JSON, as it was after it.
    pub body: String,
    /// The request that did it.
    pub request_id: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

impl Event {
    /// Whether it tells a company that it does not see the resource any more, and nothing of the resource.
    #[must_use]
    pub fn tells_of_leaving(&self) -> bool {
        self.kind.ends_with(".left")
    }
}

/// A place in the feed: the transaction and the sequence number of the last event read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedPlace {
    /// The transaction.
    pub tx: i64,
    /// The sequence number.
    pub seq: i64,
}

#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
struct NewEventRow<'e> {
    id: Uid,
    network_id: Uid,
    kind: &'e str,
    subject: &'e str,
    subject_version: i64,
    actor: &'e str,
    master_id: Option<Uid>,
    partner_id: Option<Uid>,
    counterparty_id: Option<Uid>,
    body: &'e str,
    request_id: &'e str,
    recorded_at: At,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = events)]
struct EventRow {
    seq: i64,
    tx: i64,
    id: Uid,
    network_id: Uid,
    kind: String,
    subject: String,
    subject_version: i64,
    actor: String,
    body: String,
    request_id: String,
    recorded_at: At,
}

/// Appends an event.
///
/// # Errors
/// Those of the database.
pub fn append(conn: &mut Conn, event: &Event) -> Result<(), DbError> {
    let Event { id, network, kind, subject, subject_version, actor, audience, body, request_id, recorded_at } = event;
    let row = NewEventRow {
        id: (*id).into(),
        network_id: (*network).into(),
        kind,
        subject,
        subject_version: *subject_version,
        actor,
        master_id: audience.master.map(Uid::from),
        partner_id: audience.partner.map(Uid::from),
        counterparty_id: audience.counterparty.map(Uid::from),
        body,
        request_id,
        recorded_at: (*recorded_at).into(),
    };
    diesel::insert_into(events::table).values(&row).execute(conn)?;
    Ok(())
}

/// The events after `place` that `view` may read, oldest first, with the place of each.
///
/// Events of transactions that are still running, or that began before one that is, are left for later: so none is skipped
/// when transactions commit out of order.
///
/// # Errors
/// Those of the database.
pub fn follow(
    conn: &mut Conn,
    view: &View,
    place: FeedPlace,
    subject: Option<&str>,
    limit: i64,
) -> Result<Vec<(FeedPlace, Event)>, DbError> {
    let horizon = dialect::feed_horizon(conn)?;
    let mut query = events::table
        .filter(events::network_id.eq(Uid::from(view.network)))
        .filter(events::tx.lt(horizon))
        .filter(events::tx.gt(place.tx).or(events::tx.eq(place.tx).and(events::seq.gt(place.seq))))
        .into_boxed();
    if let Some(subject) = subject {
        query = query.filter(events::subject.eq(subject));
    }
    let company = Uid::from(view.company);
    query = match view.company {
        CompanyId::Master(_) => query.filter(events::master_id.eq(company).or(events::counterparty_id.eq(company))),
        CompanyId::Partner(_) => query.filter(events::partner_id.eq(company).or(events::counterparty_id.eq(company))),
    };
    let rows: Vec<EventRow> =
        query.order((events::tx.asc(), events::seq.asc())).limit(limit).select(EventRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(placed).collect())
}

/// What each of these resources was at an instant, where it was at all: the body of the event that made its last version by then.
///
/// # Errors
/// Those of the database.
pub fn bodies_at(
    conn: &mut Conn,
    network: NetworkId,
    subjects: &[String],
    at: DateTime<Utc>,
) -> Result<Vec<(String, String)>, DbError> {
    let rows: Vec<(String, i64, String)> = events::table
        .filter(events::network_id.eq(Uid::from(network)))
        .filter(events::subject.eq_any(subjects))
        .filter(events::recorded_at.le(At::from(at)))
        .order((events::subject.asc(), events::subject_version.desc(), events::seq.asc()))
        .select((events::subject, events::subject_version, events::body))
        .load(conn)?;
    let mut latest: Vec<(String, String)> = Vec::new();
    for (subject, _, body) in rows {
        if latest.last().is_none_or(|(known, _)| *known != subject) {
            latest.push((subject, body));
        }
    }
    Ok(latest)
}

/// Everything that happened to these resources, in order, whoever may read it, each with whom it concerns.
///
/// # Errors
/// Those of the database.
pub fn of_subjects(conn: &mut Conn, network: NetworkId, subjects: &[String]) -> Result<Vec<Event>, DbError> {
    type Concerned = (Option<Uid>, Option<Uid>);
    let rows: Vec<(EventRow, Concerned)> = events::table
        .filter(events::network_id.eq(Uid::from(network)))
        .filter(events::subject.eq_any(subjects))
        .order((events::recorded_at.asc(), events::seq.asc()))
        .select((EventRow::as_select(), (events::master_id, events::partner_id)))
        .load(conn)?;
    let with_audience = |(row, (master, partner)): (EventRow, Concerned)| {
        let audience = Audience { master: master.map(Uid::id), partner: partner.map(Uid::id), counterparty: None };
        Event { audience, ..placed(row).1 }
    };
    Ok(rows.into_iter().map(with_audience).collect())
}

fn placed(row: EventRow) -> (FeedPlace, Event) {
    let EventRow { seq, tx, id, network_id, kind, subject, subject_version, actor, body, request_id, recorded_at } = row;
    let event = Event {
        id: id.id(),
        network: network_id.id(),
        kind,
        subject,
        subject_version,
        actor,
        audience: Audience::default(),
        body,
        request_id,
        recorded_at: recorded_at.0,
    };
    (FeedPlace { tx, seq }, event)
}
