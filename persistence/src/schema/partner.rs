//! Partners, and who wants to become one.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    partners (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        name -> Text,
        legal_form -> Text,
        country -> Text,
        registration_number -> Nullable<Text>,
        tax_id -> Nullable<Text>,
        tax_key -> Nullable<Text>,
        billing_ability -> Bool,
        support_structure -> Bool,
        technical_qualification -> Bool,
        email -> Text,
        phone -> Nullable<Text>,
        language -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    applications (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        type_id -> Key,
        name -> Text,
        legal_form -> Text,
        country -> Text,
        registration_number -> Nullable<Text>,
        tax_id -> Nullable<Text>,
        tax_key -> Nullable<Text>,
        contact_name -> Text,
        email -> Text,
        phone -> Nullable<Text>,
        language -> Text,
        message -> Nullable<Text>,
        state -> Text,
        reason -> Nullable<Text>,
        partner_id -> Nullable<Key>,
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

    customers (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        responsible_id -> Key,
        name -> Text,
        country -> Text,
        tax_id -> Nullable<Text>,
        tax_key -> Nullable<Text>,
        domain -> Nullable<Text>,
        email -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        segment -> Nullable<Text>,
    }
}
