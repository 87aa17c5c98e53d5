//! What is kept of requests and told of changes.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    events (seq) {
        seq -> BigInt,
        tx -> BigInt,
        id -> Key,
        network_id -> Key,
        kind -> Text,
        subject -> Text,
        subject_version -> BigInt,
        actor -> Text,
        master_id -> Nullable<Key>,
        partner_id -> Nullable<Key>,
        counterparty_id -> Nullable<Key>,
        body -> Text,
        request_id -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    idempotency_keys (principal, key) {
        principal -> Text,
        key -> Text,
        request_hash -> Text,
        status -> Integer,
        etag -> Nullable<Text>,
        location -> Nullable<Text>,
        answer -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    external_references (company_id, resource_kind, system, external_id) {
        company_id -> Key,
        system -> Text,
        external_id -> Text,
        resource_kind -> Text,
        resource_id -> Key,
    }
}
