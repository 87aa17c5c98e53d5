//! Changes of rules.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    amendments (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        type_id -> Key,
        reach -> Text,
        effective_from -> Date,
        texts -> Text,
        document -> Text,
        reason -> Text,
        state -> Text,
        proposed_by -> Text,
        decided_by -> Nullable<Text>,
        decision_reason -> Nullable<Text>,
        terms_id -> Nullable<Key>,
        restated_sales -> Integer,
        turn -> Integer,
        uncounted_sales -> Integer,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    uncounted_sales (id) {
        id -> Key,
        amendment_id -> Key,
        contract_id -> Key,
        turn -> Integer,
        reason -> Text,
        rules -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    restatements (id) {
        id -> Key,
        amendment_id -> Key,
        contract_id -> Key,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use crate::columns::Key;

    restated_places (attribution_id, terms_id) {
        attribution_id -> Key,
        terms_id -> Key,
        restatement_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    simulations (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        amendment_id -> Key,
        signed_from -> Date,
        signed_to -> Date,
        sales -> Integer,
        left_out -> Integer,
        made_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::Key;

    simulated_differences (id) {
        id -> Key,
        simulation_id -> Key,
        contract_id -> Key,
        annuity_id -> Key,
        attribution_id -> Key,
        partner_id -> Key,
        counterparty_id -> Key,
        rule -> Text,
        kind -> Text,
        currency -> Text,
        before_minor -> BigInt,
        after_minor -> BigInt,
        accrued_minor -> BigInt,
        held_minor -> BigInt,
        payable_minor -> BigInt,
        stated_minor -> BigInt,
        paid_minor -> BigInt,
        explanation -> Text,
    }
}
