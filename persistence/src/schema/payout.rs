//! How it is paid, remitted and reconciled.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    bank_accounts (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Nullable<Key>,
        company_id -> Key,
        holder -> Text,
        country -> Text,
        currency -> Text,
        iban -> Nullable<Text>,
        bic -> Nullable<Text>,
        fields -> Nullable<Text>,
        valid_from -> Date,
        state -> Text,
        set_by -> Text,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    payout_runs (id) {
        id -> Key,
        network_id -> Key,
        payer_id -> Key,
        master_id -> Key,
        currency -> Text,
        account_id -> Key,
        execute_on -> Date,
        made_by -> Text,
        sent_by -> Nullable<Text>,
        sent_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    payouts (id) {
        id -> Key,
        network_id -> Key,
        payer_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        run_id -> Key,
        amount_minor -> BigInt,
        currency -> Text,
        account_id -> Nullable<Key>,
        state -> Text,
        reason -> Nullable<Text>,
        made_by -> Text,
        paid_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    payout_parts (payout_id, statement_id, kind) {
        payout_id -> Key,
        statement_id -> Key,
        kind -> Text,
        amount_minor -> BigInt,
        live -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    payout_steps (payout_id, position) {
        payout_id -> Key,
        position -> Integer,
        state -> Text,
        reason -> Nullable<Text>,
        actor -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    payout_files (run_id, format) {
        run_id -> Key,
        format -> Text,
        body -> Binary,
        content_hash -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    remittance_payments (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        amount_minor -> BigInt,
        currency -> Text,
        received_on -> Date,
        reference -> Text,
        recorded_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    remittance_reminders (statement_id, level) {
        statement_id -> Key,
        level -> Integer,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    bank_statements (id) {
        id -> Key,
        network_id -> Key,
        payer_id -> Key,
        master_id -> Key,
        format -> Text,
        content_hash -> Text,
        entry_count -> Integer,
        known_count -> Integer,
        imported_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    bank_entries (id) {
        id -> Key,
        network_id -> Key,
        payer_id -> Key,
        master_id -> Key,
        bank_statement_id -> Key,
        account -> Text,
        reference -> Text,
        booked_on -> Date,
        amount_minor -> BigInt,
        currency -> Text,
        end_to_end_id -> Nullable<Text>,
        text -> Nullable<Text>,
        counterparty -> Nullable<Text>,
        return_reason -> Nullable<Text>,
        state -> Text,
        outcome -> Nullable<Text>,
        payout_id -> Nullable<Key>,
        run_id -> Nullable<Key>,
        payment_id -> Nullable<Key>,
        decided_by -> Nullable<Text>,
        reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}
