//! A takeover goes on whatever process is killed, each customer once, with its money whole (R51, D19).

use std::time::Duration;

use entente_tests::{
    last_resort::{Size, fail},
    on_both_engines,
    process::serve_if_asked,
};

/// No rule of its own: the processes that [`fail`] starts run this to carry the plan out.
#[test]
fn a_process_that_carries_on() {
    serve_if_asked();
}

on_both_engines! {
    fn r51_through_kills_and_edits_nobody_is_left_alone_and_no_cent_is_lost(engine: Engine) {
        let size = Size { customers: 120, contracts: 30, kill_every: Duration::from_millis(900) };
        let outcome = fail(engine, size, "continuity::killed::a_process_that_carries_on");
        assert_eq!((outcome.left_alone, outcome.doubles), (0, 0), "{outcome:?}");
        assert_eq!(outcome.owed_before, outcome.owed_after, "{outcome:?}");
        assert_eq!(outcome.broken, Vec::<String>::new());
        assert!(outcome.kills > 0, "{outcome:?}");
    }
}
