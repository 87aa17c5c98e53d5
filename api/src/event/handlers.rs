//! The HTTP of events.

use actix_web::{HttpResponse, get, web};
use persistence::{db::Tx, event as store};
use utoipa_actix_web::service_config::ServiceConfig;

use super::wire::{Event, EventPage, FeedQuery, cursor};
use crate::{
    access::Caller,
    app::App,
    extract::{Query, Read},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(list_events);
}

/// Follow the events
///
/// Everything that happened to what you may see, oldest first: ask again with `next` to go on. No event is ever skipped, even
/// when transactions commit out of order; one that is told twice has the same id. What you do not see any more, because it went over to
/// another master or company, is told once by an event whose kind ends in `.left`, as `customer.left`, with its `id` alone as `data`:
/// whoever keeps a copy takes it out, until a later event of it says otherwise.
#[utoipa::path(tag = "events", params(FeedQuery), responses((status = 200, description = "A part of the feed.", body = EventPage)))]
#[get("/v1/events")]
async fn list_events(app: web::Data<App>, read: Read, query: Query<FeedQuery>) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| follow(tx, caller, &query.0)).await
}

fn follow(tx: &mut Tx<'_>, caller: &Caller, query: &FeedQuery) -> Result<EventPage, Problem> {
    let place = query.place()?;
    let found = store::follow(tx.conn, &caller.view(), place, query.subject.as_deref(), query.limit.unwrap_or(50))?;
    let next = cursor(found.last().map_or(place, |(place, _)| *place));
    let data = found.into_iter().map(|(_, event)| Event::of(event)).collect::<Result<_, _>>()?;
    Ok(EventPage { data, next })
}
