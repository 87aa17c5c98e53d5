//! Who owes whom what.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    journals (id) {
        id -> Key,
        network_id -> Key,
        source_kind -> Text,
        source_id -> Key,
        source_turn -> BigInt,
        cause -> Nullable<Text>,
        entry_count -> Integer,
        total_minor -> BigInt,
        seal_id -> Key,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    entries (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        journal_id -> Key,
        position -> Integer,
        debtor_id -> Key,
        creditor_id -> Key,
        kind -> Text,
        correction -> Nullable<Text>,
        corrects_id -> Nullable<Key>,
        amount_minor -> BigInt,
        currency -> Text,
        partner_id -> Key,
        counterparty_id -> Key,
        agreement_id -> Key,
        terms_id -> Key,
        contract_id -> Nullable<Key>,
        annuity_id -> Nullable<Key>,
        attribution_id -> Nullable<Key>,
        rule -> Text,
        sequence -> Nullable<Integer>,
        entitled_minor -> Nullable<BigInt>,
        explanation -> Text,
        calculation -> Text,
        dated_on -> Date,
        payable_on -> Date,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    adjustments (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        entry_id -> Key,
        direction -> Text,
        amount_minor -> BigInt,
        currency -> Text,
        reason -> Text,
        state -> Text,
        proposed_by -> Text,
        decided_by -> Nullable<Text>,
        note -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    services (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        terms_id -> Key,
        served_id -> Key,
        fee -> Text,
        kind -> Text,
        unit -> Text,
        rate_minor -> BigInt,
        currency -> Text,
        quantity -> BigInt,
        amount_minor -> BigInt,
        done_on -> Date,
        description -> Text,
        evidence -> Text,
        reference -> Nullable<Text>,
        state -> Text,
        reason -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        introduction_id -> Nullable<Key>,
        project_id -> Nullable<Key>,
        course_id -> Nullable<Key>,
        course_session_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    recovery_plans (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        entry_id -> Key,
        partner_id -> Key,
        reason -> Text,
        state -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        recovered_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::Key;

    recovery_instalments (plan_id, due_on) {
        plan_id -> Key,
        due_on -> Date,
        amount_minor -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    periods (id) {
        id -> Key,
        network_id -> Key,
        currency -> Text,
        starts_on -> Date,
        ends_on -> Date,
        closed_by -> Text,
        closed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    seals (journal_id) {
        journal_id -> Key,
        content_hash -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    outcomes (id) {
        id -> Key,
        network_id -> Key,
        partner_id -> Key,
        attribution_id -> Nullable<Key>,
        annuity_id -> Nullable<Key>,
        contract_id -> Nullable<Key>,
        rule -> Text,
        reason -> Text,
        explanation -> Nullable<Text>,
        recorded_at -> Instant,
        agreement_id -> Key,
        service_id -> Nullable<Key>,
    }
}
