//! Who calls.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    users (id) {
        id -> Key,
        network_id -> Key,
        company_id -> Key,
        email -> Text,
        name -> Text,
        role -> Text,
        state -> Text,
        password_hash -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    invitations (id) {
        id -> Key,
        user_id -> Key,
        token_hash -> Text,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    sessions (id) {
        id -> Key,
        user_id -> Key,
        expires_at -> Instant,
        revoked_at -> Nullable<Instant>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    refresh_tokens (hash) {
        hash -> Text,
        session_id -> Key,
        parent_hash -> Nullable<Text>,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    integrations (id) {
        id -> Key,
        network_id -> Key,
        company_id -> Key,
        name -> Text,
        scopes -> Text,
        state -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    integration_secrets (id) {
        id -> Key,
        integration_id -> Key,
        hash -> Text,
        expires_at -> Nullable<Instant>,
        created_at -> Instant,
    }
}
