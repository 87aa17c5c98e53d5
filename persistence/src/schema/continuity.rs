//! Who answers for whom, and who took over.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    responsibilities (customer_id, number) {
        customer_id -> Key,
        number -> Integer,
        company_id -> Key,
        from_day -> Nullable<Date>,
        cause -> Nullable<Text>,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    guarantees (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        kind -> Text,
        covers -> Text,
        amount_minor -> Nullable<BigInt>,
        currency -> Nullable<Text>,
        provider -> Text,
        reference -> Nullable<Text>,
        valid_from -> Date,
        valid_until -> Nullable<Date>,
        state -> Text,
        reason -> Nullable<Text>,
        recorded_by -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    continuity_cases (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        reason -> Text,
        statement -> Text,
        state -> Text,
        plan -> Integer,
        company_id -> Nullable<Key>,
        agreement_id -> Nullable<Key>,
        from_day -> Nullable<Date>,
        protections -> Nullable<Text>,
        suspended_by -> Nullable<Text>,
        suspended_at -> Nullable<Instant>,
        opened_by -> Text,
        note -> Nullable<Text>,
        ended_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    continuity_evidence (case_id, number) {
        case_id -> Key,
        number -> Integer,
        dated_on -> Date,
        description -> Text,
        document -> Nullable<Text>,
        recorded_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    continuity_suspensions (case_id, agreement_id) {
        case_id -> Key,
        agreement_id -> Key,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    guarantee_uses (case_id, guarantee_id) {
        case_id -> Key,
        guarantee_id -> Key,
        outcome -> Text,
        amount_minor -> Nullable<BigInt>,
        currency -> Nullable<Text>,
        reason -> Text,
        decided_by -> Text,
        decided_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    continuity_assignments (case_id, customer_id) {
        case_id -> Key,
        customer_id -> Key,
        company_id -> Key,
        agreement_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    continuity_approvals (case_id, plan, approved_by) {
        case_id -> Key,
        plan -> Integer,
        approved_by -> Text,
        approved_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    continuity_moves (case_id, plan, customer_id, direction) {
        case_id -> Key,
        plan -> Integer,
        customer_id -> Key,
        direction -> Text,
        company_id -> Key,
        contracts -> Integer,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    contract_takeovers (contract_id, number) {
        contract_id -> Key,
        number -> Integer,
        company_id -> Key,
        agreement_id -> Nullable<Key>,
        from_day -> Date,
        case_id -> Key,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    service_takeovers (contract_id, number) {
        contract_id -> Key,
        number -> Integer,
        company_id -> Key,
        agreement_id -> Nullable<Key>,
        from_day -> Date,
        case_id -> Key,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    transfers (id) {
        id -> Key,
        network_id -> Key,
        partner_id -> Key,
        kind -> Text,
        from_master_id -> Key,
        to_master_id -> Key,
        agreement_id -> Key,
        successor_id -> Key,
        type_id -> Key,
        stage -> Nullable<Text>,
        keeps_stage -> Bool,
        from_day -> Date,
        reason -> Text,
        state -> Text,
        proposed_by -> Text,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Instant>,
        findings -> Nullable<Text>,
        note -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        held_up_by -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    project_companies (project_id, number) {
        project_id -> Key,
        number -> Integer,
        company_id -> Key,
        from_day -> Nullable<Date>,
        case_id -> Nullable<Key>,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    continuity_prospects (case_id, registration_id) {
        case_id -> Key,
        registration_id -> Key,
        company_id -> Key,
        agreement_id -> Nullable<Key>,
    }
}
