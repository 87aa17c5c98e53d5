//! What promoters do.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    introductions (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        company_id -> Key,
        prospect_name -> Text,
        country -> Text,
        tax_id -> Nullable<Text>,
        tax_key -> Nullable<Text>,
        domain -> Nullable<Text>,
        email -> Nullable<Text>,
        note -> Nullable<Text>,
        state -> Text,
        reason -> Nullable<Text>,
        answer -> Nullable<Text>,
        offered_on -> Date,
        answered_on -> Nullable<Date>,
        answered_by -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::Key;

    introduction_keys (introduction_id, key) {
        introduction_id -> Key,
        key -> Text,
        company_id -> Key,
        partner_id -> Key,
        counts -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    introduction_steps (introduction_id, kind) {
        introduction_id -> Key,
        kind -> Text,
        registration_id -> Nullable<Key>,
        proposal_id -> Nullable<Key>,
        contract_id -> Nullable<Key>,
        customer_id -> Nullable<Key>,
        in_sale -> Bool,
        reached_on -> Date,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    introduction_proposals (introduction_id, proposal_id) {
        introduction_id -> Key,
        proposal_id -> Key,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::Key;

    proposal_introductions (proposal_id, number, introduction_id) {
        proposal_id -> Key,
        number -> Integer,
        introduction_id -> Key,
        agreement_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    portfolio_places (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        company_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        customer_id -> Key,
        won_by_id -> Nullable<Key>,
        handed_from_id -> Nullable<Key>,
        from_day -> Date,
        until_day -> Nullable<Date>,
        previous_until -> Nullable<Date>,
        reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        case_id -> Nullable<Key>,
        took_over_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    follow_ups (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        company_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        proposal_id -> Nullable<Key>,
        place_id -> Nullable<Key>,
        kind -> Text,
        dated_on -> Date,
        note -> Text,
        next_on -> Nullable<Date>,
        noted_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    expertise (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        company_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        area -> Text,
        description -> Text,
        document -> Nullable<Text>,
        declared_on -> Date,
        state -> Text,
        from_day -> Nullable<Date>,
        until_day -> Nullable<Date>,
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

    projects (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        company_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        customer_id -> Nullable<Key>,
        customer_name -> Text,
        area -> Text,
        title -> Text,
        description -> Nullable<Text>,
        proposed_by -> Text,
        state -> Text,
        starts_on -> Date,
        due_on -> Nullable<Date>,
        ended_on -> Nullable<Date>,
        reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        company_from -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    project_advice (id) {
        id -> Key,
        project_id -> Key,
        dated_on -> Date,
        advice -> Text,
        document -> Nullable<Text>,
        given_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    milestones (id) {
        id -> Key,
        project_id -> Key,
        title -> Text,
        due_on -> Date,
        progress -> Integer,
        reached_on -> Nullable<Date>,
        note -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}
