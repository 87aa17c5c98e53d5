//! The HTTP of checks.

use std::time::Duration;

use actix_web::{HttpResponse, get, post, web};
use tokio::time::{Instant, sleep_until};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{CheckAnswer, CheckFilters, NewCheck, RegistrationCheckPage},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, Query, Read, Write},
    problem::{Code, Problem},
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(check_prospect)
        // Or `check` would be read as a registration's id where another method is used.
        .route("/v1/registrations/check", web::route().to(refuse_other_methods))
        .service(list_registration_checks);
}

async fn refuse_other_methods() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::MethodNotAllowed).allow("POST"))
}

/// Ask whether a prospect is to be had
///
/// `protected` where another company has it: by an accepted registration in scope, as its customer, or by a master's own pursuit.
/// `own` where you have it: by a live registration, or as your customer. `possible_match` where the name is like that of one that
/// is protected, which a master decides (D17). `clear` where nothing stands in the way. Claims that no master has accepted are never
/// shown. Whatever the status is, the answer has the same headers and the same length (D22).
///
/// Each check is logged and shown to your master, also one whose registration never follows. In 24 hours you may ask for as many
/// prospects as the network's policies say (`checks.prospects_per_day`); the same prospect again counts once.
#[utoipa::path(tag = "registrations", request_body = NewCheck,
    responses((status = 200, description = "Whether it is.", body = CheckAnswer)))]
#[post("/v1/registrations/check")]
async fn check_prospect(app: web::Data<App>, write: Write<NewCheck>) -> Result<HttpResponse, Problem> {
    let (limited, asked) = (app.limits.are_set(), Instant::now());
    let answer = app.change(write, move |work, new| commands::check(work, new, limited)).await;
    sleep_until(next_beat(asked, Instant::now())).await;
    answer
}

/// Answers leave at whole beats after the question, so that reading a row more or less does not show in how long they take (D22).
const BEAT: Duration = Duration::from_millis(10);

fn next_beat(asked: Instant, done: Instant) -> Instant {
    let mut beat = asked + BEAT;
    while beat < done {
        beat += BEAT;
    }
    beat
}

/// List checks
///
/// A master sees those of the partners that it supervises, and who asks for how many prospects.
#[utoipa::path(tag = "registrations", params(CheckFilters, PageQuery),
    responses((status = 200, description = "A page of checks.", body = RegistrationCheckPage)))]
#[get("/v1/registration-checks")]
async fn list_registration_checks(
    app: web::Data<App>,
    read: Read,
    filters: Query<CheckFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d22_what_takes_a_little_longer_is_answered_at_the_same_beat() {
        let asked = Instant::now();
        for (took, beat) in [(0, 10), (1, 10), (10, 10), (11, 20), (25, 30)] {
            let answered = next_beat(asked, asked + Duration::from_millis(took));
            assert_eq!(answered, asked + Duration::from_millis(beat), "{took} ms");
        }
    }
}
