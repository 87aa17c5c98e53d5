//! Statements as people read them.

use chrono::TimeDelta;
use entente_tests::{
    app::TestApp,
    bulk::repeat_entry,
    on_both_engines,
    sales::{Market, id_of},
};

use super::{brought, close, statements};

on_both_engines! {
    fn a_statement_is_printed_once_over_as_many_pages_as_it_needs(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        brought(&market, &agreement).bill(1, "1200.00");
        repeat_entry(&app.db, engine, &partner, 1, 99);
        app.advance(TimeDelta::days(30));
        close(&app.master("fr"), "2026-03");
        let caller = app.partner(&partner);
        let [statement] = &statements(&caller, "")[..] else { panic!("one statement") };
        let path = format!("/v1/statements/{}", id_of(statement));
        let printed = caller.request("GET", path.clone()).header("accept", "application/pdf").send();
        assert_eq!((printed.status, printed.header("content-type").as_deref()), (200, Some("application/pdf")));
        assert!(printed.bytes.starts_with(b"%PDF-"));
        let plain = printed.text.replace("/Type /", "/Type/");
        let pages = plain.matches("/Type/Page").count() - plain.matches("/Type/Pages").count();
        assert!(pages >= 3, "{pages} pages for a hundred lines");
        // A browser that follows a link gets the same bytes, and so does the master.
        for caller in [&caller, &app.master("fr")] {
            assert_eq!(caller.get(format!("{path}/document")).bytes, printed.bytes);
        }
    }
}
