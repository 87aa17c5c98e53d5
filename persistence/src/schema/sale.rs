//! Proposals, contracts, and what they bring in.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    proposals (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        seller_id -> Key,
        partner_id -> Nullable<Key>,
        agreement_id -> Nullable<Key>,
        registration_id -> Nullable<Key>,
        customer_id -> Nullable<Key>,
        currency -> Text,
        state -> Text,
        current_number -> Integer,
        valid_until -> Nullable<Date>,
        signed_on -> Nullable<Date>,
        benefit -> Nullable<Text>,
        reason -> Nullable<Text>,
        issued_with_support -> Bool,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        follows_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    proposal_versions (proposal_id, number) {
        proposal_id -> Key,
        number -> Integer,
        years -> Integer,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    proposal_promoters (proposal_id, number, agreement_id) {
        proposal_id -> Key,
        number -> Integer,
        agreement_id -> Key,
        position -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    lines (id) {
        id -> Key,
        proposal_id -> Key,
        number -> Integer,
        position -> Integer,
        item_id -> Key,
        kind -> Text,
        period -> Text,
        quantity -> Integer,
        list_minor -> BigInt,
        net_minor -> BigInt,
        duties -> Text,
        item_code -> Nullable<Text>,
        product_line -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    contracts (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        seller_id -> Key,
        partner_id -> Nullable<Key>,
        customer_id -> Key,
        proposal_id -> Key,
        number -> Integer,
        currency -> Text,
        signed_on -> Date,
        starts_on -> Date,
        years -> Integer,
        state -> Text,
        ended_on -> Nullable<Date>,
        reason -> Nullable<Text>,
        at_fault -> Nullable<Text>,
        issued_with_support -> Bool,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        customer_country -> Nullable<Text>,
        customer_segment -> Nullable<Text>,
        answered_by_id -> Nullable<Key>,
        served_by_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    attributions (id) {
        id -> Key,
        network_id -> Key,
        contract_id -> Key,
        agreement_id -> Key,
        partner_id -> Key,
        role -> Text,
        terms_id -> Key,
        terms_in_force -> Text,
        stage -> Nullable<Text>,
        uplift -> Bool,
        payer_id -> Key,
        counts_in -> Text,
        ordinal -> Integer,
        recorded_at -> Instant,
        part_of_id -> Nullable<Key>,
        dispute_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    sale_volumes (attribution_id, counts_in) {
        attribution_id -> Key,
        counts_in -> Text,
        place -> Integer,
        currency -> Text,
        before_minor -> BigInt,
        own_minor -> BigInt,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    annuities (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Nullable<Key>,
        contract_id -> Key,
        year -> Integer,
        starts_on -> Date,
        ends_on -> Date,
        currency -> Text,
        list_minor -> BigInt,
        contracted_minor -> BigInt,
        invoiced_minor -> BigInt,
        credited_minor -> BigInt,
        collected_minor -> BigInt,
        refunded_minor -> BigInt,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        waits_for_start -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    instalments (id) {
        id -> Key,
        annuity_id -> Key,
        kind -> Text,
        amount_minor -> BigInt,
        dated_on -> Date,
        reference -> Text,
        reason -> Nullable<Text>,
        at_fault -> Nullable<Text>,
        recorded_at -> Instant,
    }
}
