//! Agreements, what they were on each day, and their growth.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    agreements (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        counterparty_id -> Key,
        type_id -> Key,
        terms_id -> Key,
        kind -> Text,
        language -> Text,
        governing_language -> Text,
        special_terms -> Nullable<Text>,
        exclusivity -> Nullable<Text>,
        single -> Bool,
        minimum_sales -> Nullable<BigInt>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        state -> Text,
        reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    supervisions (id) {
        id -> Key,
        agreement_id -> Key,
        decision -> Text,
        findings -> Text,
        note -> Nullable<Text>,
        decided_by -> Text,
        decided_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    agreement_states (agreement_id, number) {
        agreement_id -> Key,
        number -> Integer,
        state -> Text,
        from_day -> Date,
        reason -> Nullable<Text>,
        decided_by -> Text,
        decided_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    agreement_stages (agreement_id, from_day) {
        agreement_id -> Key,
        from_day -> Date,
        stage -> Text,
        decided_by -> Text,
        decided_at -> Instant,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    promotions (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        stage_before -> Text,
        stage -> Text,
        from_day -> Date,
        state -> Text,
        proposed_side -> Text,
        proposed_by -> Text,
        note -> Nullable<Text>,
        conditions -> Text,
        measured_on -> Date,
        findings -> Nullable<Text>,
        reason -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Instant>,
        entered_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}
