//! What partners owe besides money, and what masters owe them.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    support_requests (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        document -> Text,
        registration_id -> Nullable<Key>,
        customer_id -> Nullable<Key>,
        description -> Text,
        wanted_by -> Nullable<Date>,
        state -> Text,
        assignee_id -> Nullable<Key>,
        proposal_id -> Nullable<Key>,
        reason -> Nullable<Text>,
        requested_by -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    minimum_sales_years (agreement_id, number) {
        agreement_id -> Key,
        number -> Integer,
        starts_on -> Date,
        ends_on -> Date,
        per_year -> BigInt,
        days_in_year -> Integer,
        days_in_force -> Integer,
        required -> BigInt,
        signed -> BigInt,
        is_last -> Bool,
        finding_id -> Nullable<Key>,
        judged_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    findings (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        kind -> Text,
        about -> Text,
        found_on -> Date,
        facts -> Text,
        state -> Text,
        acknowledged_by -> Nullable<Text>,
        decision -> Nullable<Text>,
        reason -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    entry_fee_revisions (entry_fee_id, number) {
        entry_fee_id -> Key,
        number -> Integer,
        segment -> Text,
        potential_minor -> BigInt,
        currency -> Text,
        rate_ppm -> Integer,
        formula -> Text,
        terms_id -> Key,
        fee_minor -> BigInt,
        note -> Nullable<Text>,
        assessed_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    entry_fees (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        state -> Text,
        number -> Integer,
        segment -> Text,
        assessed_by -> Text,
        decided_by -> Nullable<Text>,
        decision_note -> Nullable<Text>,
        invoice_reference -> Nullable<Text>,
        invoiced_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        entry_id -> Nullable<Key>,
        paid_on -> Nullable<Date>,
        payment_reference -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        remittance_payment_id -> Nullable<Key>,
        segment_key -> Nullable<Text>,
    }
}
