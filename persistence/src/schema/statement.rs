//! What is owed for a period, with its tax.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    tax_profiles (id) {
        id -> Key,
        network_id -> Key,
        company_id -> Key,
        valid_from -> Date,
        regime -> Text,
        vat_number -> Nullable<Text>,
        vat_number_written -> Nullable<Text>,
        legal_note -> Nullable<Text>,
        withholding_ppm -> Nullable<Integer>,
        withholding_note -> Nullable<Text>,
        billing -> Text,
        recorded_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    statement_runs (id) {
        id -> Key,
        network_id -> Key,
        currency -> Text,
        period -> Text,
        first_day -> Date,
        last_day -> Date,
        due_on -> Date,
        after_day -> Nullable<Date>,
        state -> Text,
        entry_count -> BigInt,
        entries_stated -> BigInt,
        statements_closed -> BigInt,
        opened_to -> Nullable<Key>,
        sealed_to -> Nullable<Key>,
        started_by -> Text,
        master_id -> Key,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        completed_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    statements (id) {
        id -> Key,
        network_id -> Key,
        run_id -> Key,
        kind -> Text,
        partner_id -> Key,
        master_id -> Key,
        payer_id -> Key,
        payee_id -> Key,
        other_kind -> Text,
        currency -> Text,
        period -> Text,
        first_day -> Date,
        last_day -> Date,
        due_on -> Date,
        number -> Integer,
        opening_minor -> BigInt,
        lines_minor -> BigInt,
        vat_minor -> BigInt,
        withheld_minor -> BigInt,
        paid_minor -> BigInt,
        closing_minor -> BigInt,
        line_count -> Integer,
        payment_count -> Integer,
        treatment -> Text,
        vat_ppm -> Nullable<Integer>,
        withholding_ppm -> Nullable<Integer>,
        billing -> Nullable<Text>,
        language -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    statement_lines (statement_id, position) {
        statement_id -> Key,
        position -> Integer,
        entry_id -> Key,
        amount_minor -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    statement_payments (id) {
        id -> Key,
        network_id -> Key,
        kind -> Text,
        partner_id -> Key,
        payer_id -> Key,
        payee_id -> Key,
        currency -> Text,
        amount_minor -> BigInt,
        dated_on -> Date,
        reference -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    statement_payment_lines (payment_id) {
        payment_id -> Key,
        statement_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    statement_parts (statement_id, number) {
        statement_id -> Key,
        number -> Integer,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    statement_seals (statement_id) {
        statement_id -> Key,
        part_count -> Integer,
        content_hash -> Text,
        sealed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    statement_documents (statement_id, format) {
        statement_id -> Key,
        format -> Text,
        body -> Binary,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    statement_notices (network_id, currency, last_day, kind) {
        network_id -> Key,
        currency -> Text,
        last_day -> Date,
        kind -> Text,
        recorded_at -> Instant,
    }
}
