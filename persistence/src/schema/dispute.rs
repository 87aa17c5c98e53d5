//! Quarrels over a protection.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    disputes (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        appeal_master_id -> Nullable<Key>,
        registration_id -> Key,
        challenger_id -> Key,
        holder_id -> Key,
        agreement_id -> Key,
        prospect_name -> Text,
        country -> Text,
        tax_id -> Nullable<Text>,
        tax_key -> Nullable<Text>,
        domain -> Nullable<Text>,
        product_lines -> Nullable<Text>,
        grounds -> Text,
        state -> Text,
        heard_at -> Nullable<Instant>,
        challenger_until -> Nullable<Instant>,
        holder_until -> Nullable<Instant>,
        holder_heard -> Bool,
        appealable_until -> Nullable<Instant>,
        appealed_by -> Nullable<Text>,
        appeal -> Nullable<Text>,
        appealed_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        challenger_version -> BigInt,
        challenger_updated_at -> Instant,
        holder_version -> BigInt,
        holder_updated_at -> Instant,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    dispute_statements (id) {
        id -> Key,
        dispute_id -> Key,
        side -> Text,
        statement -> Text,
        made_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::Key;

    dispute_evidence (id) {
        id -> Key,
        statement_id -> Key,
        kind -> Text,
        dated_on -> Date,
        description -> Text,
        document -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    dispute_decisions (dispute_id, number) {
        dispute_id -> Key,
        number -> Integer,
        master_id -> Key,
        outcome -> Text,
        effects -> Text,
        challenger_ppm -> Integer,
        holder_ppm -> Integer,
        protection -> Text,
        made_registration_id -> Nullable<Key>,
        reasons -> Text,
        challenger_note -> Nullable<Text>,
        holder_note -> Nullable<Text>,
        decided_by -> Text,
        decided_at -> Instant,
    }
}
