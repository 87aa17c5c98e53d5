//! The network and its configuration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    networks (id) {
        id -> Key,
        code -> Text,
        name -> Text,
        default_language -> Text,
        languages -> Text,
        policies -> Text,
        qualifications -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    companies (id) {
        id -> Key,
        network_id -> Key,
        kind -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    masters (id) {
        id -> Key,
        network_id -> Key,
        code -> Text,
        legal_name -> Text,
        display_name -> Text,
        country -> Text,
        currency -> Text,
        time_zone -> Text,
        tax_id -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    partnership_types (id) {
        id -> Key,
        network_id -> Key,
        code -> Text,
        names -> Text,
        descriptions -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    terms (id) {
        id -> Key,
        network_id -> Key,
        type_id -> Key,
        number -> Integer,
        effective_from -> Date,
        texts -> Text,
        document -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    catalogue_items (id) {
        id -> Key,
        network_id -> Key,
        provider_id -> Key,
        code -> Text,
        kind -> Text,
        names -> Text,
        product_line -> Nullable<Text>,
        state -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    prices (item_id, currency, period, from_day) {
        item_id -> Key,
        currency -> Text,
        period -> Text,
        from_day -> Date,
        amount_minor -> BigInt,
    }
}
