//! Prospects, and who is protected.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    registrations (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        prospect_name -> Text,
        country -> Text,
        tax_id -> Nullable<Text>,
        tax_key -> Nullable<Text>,
        domain -> Nullable<Text>,
        email -> Nullable<Text>,
        state -> Text,
        reason -> Nullable<Text>,
        note -> Nullable<Text>,
        submitted_at -> Nullable<Instant>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Instant>,
        protected_from -> Nullable<Instant>,
        protected_until -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        customer_id -> Nullable<Key>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        product_lines -> Nullable<Text>,
        asks -> Nullable<Text>,
        supersedes_id -> Nullable<Key>,
        superseded_by_id -> Nullable<Key>,
        warned_until -> Nullable<Instant>,
        warned_days -> Nullable<BigInt>,
        taken_from_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    registration_keys (registration_id, key, line) {
        registration_id -> Key,
        key -> Text,
        line -> Text,
        network_id -> Key,
        partner_id -> Key,
        live -> Bool,
        protects -> Bool,
        mode -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    protected_prospects (network_id, key) {
        network_id -> Key,
        key -> Text,
        mode -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    evidence (id) {
        id -> Key,
        registration_id -> Key,
        kind -> Text,
        dated_on -> Date,
        description -> Text,
        document -> Nullable<Text>,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    pursuits (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        prospect_name -> Text,
        country -> Text,
        tax_id -> Nullable<Text>,
        tax_key -> Nullable<Text>,
        domain -> Nullable<Text>,
        email -> Nullable<Text>,
        product_lines -> Nullable<Text>,
        state -> Text,
        reason -> Nullable<Text>,
        note -> Nullable<Text>,
        opened_by -> Text,
        closed_by -> Nullable<Text>,
        closed_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    pursuit_keys (pursuit_id, key, line) {
        pursuit_id -> Key,
        key -> Text,
        line -> Text,
        network_id -> Key,
        master_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    registration_checks (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        actor -> Text,
        digest -> Text,
        prospect_name -> Nullable<Text>,
        country -> Text,
        tax_key -> Nullable<Text>,
        domain -> Nullable<Text>,
        product_lines -> Nullable<Text>,
        status -> Text,
        matched_on -> Text,
        prospects_in_day -> Integer,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    checked_prospects (partner_id, digest) {
        partner_id -> Key,
        digest -> Text,
        last_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    overrides (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        registration_id -> Key,
        company_id -> Key,
        reason -> Text,
        product_lines -> Nullable<Text>,
        expires_on -> Nullable<Date>,
        state -> Text,
        granted_by -> Text,
        revoked_by -> Nullable<Text>,
        revoked_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    protected_lines (contract_id, line_id, registration_id) {
        contract_id -> Key,
        line_id -> Key,
        registration_id -> Key,
        override_id -> Key,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    prospect_names (number) {
        number -> BigInt,
        subject_id -> Key,
        kind -> Text,
        network_id -> Key,
        master_id -> Key,
        company_id -> Key,
        country -> Text,
        name -> Text,
        normalised -> Text,
        protects -> Bool,
        rules -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    prospect_name_keys (key, protects, number) {
        key -> BigInt,
        protects -> Bool,
        number -> BigInt,
    }
}
