//! What partners learn, are qualified for and entitled to.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    qualifications (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        kind -> Text,
        evidence -> Text,
        note -> Nullable<Text>,
        state -> Text,
        valid_from -> Nullable<Date>,
        valid_until -> Nullable<Date>,
        revoked_on -> Nullable<Date>,
        reason -> Nullable<Text>,
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

    courses (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Nullable<Key>,
        kind -> Text,
        titles -> Text,
        descriptions -> Text,
        qualification -> Nullable<Text>,
        certificate_months -> Nullable<BigInt>,
        benefit -> Nullable<Text>,
        state -> Text,
        published_at -> Nullable<Instant>,
        reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    course_sessions (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Nullable<Key>,
        course_id -> Key,
        venue -> Text,
        place -> Nullable<Text>,
        link -> Nullable<Text>,
        language -> Text,
        starts_at -> Instant,
        ends_at -> Instant,
        capacity -> BigInt,
        taken -> BigInt,
        state -> Text,
        reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    enrolments (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        host_id -> Nullable<Key>,
        partner_id -> Key,
        course_id -> Key,
        session_id -> Key,
        person_name -> Text,
        person_email -> Text,
        state -> Text,
        score -> Nullable<BigInt>,
        note -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    certificates (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        course_id -> Key,
        enrolment_id -> Key,
        number -> Text,
        person_name -> Text,
        issued_on -> Date,
        valid_until -> Nullable<Date>,
        qualification_id -> Nullable<Key>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    benefit_uses (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        benefit -> Text,
        wanted_on -> Date,
        period_from -> Nullable<Date>,
        period_until -> Nullable<Date>,
        place -> Nullable<BigInt>,
        state -> Text,
        session_id -> Nullable<Key>,
        proposal_id -> Nullable<Key>,
        note -> Nullable<Text>,
        reason -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}
