//! The tables, as both engines have them. A test holds this list to the migrations.

#![allow(missing_docs, reason = "the columns are documented in the migrations, where they are made")]

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

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    events (seq) {
        seq -> BigInt,
        tx -> BigInt,
        id -> Key,
        network_id -> Key,
        kind -> Text,
        subject -> Text,
        subject_version -> BigInt,
        actor -> Text,
        master_id -> Nullable<Key>,
        partner_id -> Nullable<Key>,
        counterparty_id -> Nullable<Key>,
        body -> Text,
        request_id -> Text,
        recorded_at -> Instant,
    }
}

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

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    idempotency_keys (principal, key) {
        principal -> Text,
        key -> Text,
        request_hash -> Text,
        status -> Integer,
        etag -> Nullable<Text>,
        location -> Nullable<Text>,
        answer -> Text,
        created_at -> Instant,
    }
}

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
    }
}

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

    external_references (company_id, resource_kind, system, external_id) {
        company_id -> Key,
        system -> Text,
        external_id -> Text,
        resource_kind -> Text,
        resource_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    agreements (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        counterparty_id -> Key,
        type_id -> Key,
        terms_id -> Key,
        kind -> Text,
        language -> Text,
        governing_language -> Text,
        special_terms -> Nullable<Text>,
        exclusivity -> Nullable<Text>,
        single -> Bool,
        minimum_sales -> Nullable<BigInt>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
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

    supervisions (id) {
        id -> Key,
        agreement_id -> Key,
        decision -> Text,
        findings -> Text,
        note -> Nullable<Text>,
        decided_by -> Text,
        decided_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    agreement_states (agreement_id, number) {
        agreement_id -> Key,
        number -> Integer,
        state -> Text,
        from_day -> Date,
        reason -> Nullable<Text>,
        decided_by -> Text,
        decided_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    agreement_stages (agreement_id, from_day) {
        agreement_id -> Key,
        from_day -> Date,
        stage -> Text,
        decided_by -> Text,
        decided_at -> Instant,
        reason -> Nullable<Text>,
    }
}

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

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    registrations (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        prospect_name -> Text,
        country -> Text,
        tax_id -> Nullable<Text>,
        tax_key -> Nullable<Text>,
        domain -> Nullable<Text>,
        email -> Nullable<Text>,
        state -> Text,
        reason -> Nullable<Text>,
        note -> Nullable<Text>,
        submitted_at -> Nullable<Instant>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Instant>,
        protected_from -> Nullable<Instant>,
        protected_until -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        customer_id -> Nullable<Key>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        product_lines -> Nullable<Text>,
        asks -> Nullable<Text>,
        supersedes_id -> Nullable<Key>,
        superseded_by_id -> Nullable<Key>,
        warned_until -> Nullable<Instant>,
        warned_days -> Nullable<BigInt>,
        taken_from_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    registration_keys (registration_id, key, line) {
        registration_id -> Key,
        key -> Text,
        line -> Text,
        network_id -> Key,
        partner_id -> Key,
        live -> Bool,
        protects -> Bool,
        mode -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    protected_prospects (network_id, key) {
        network_id -> Key,
        key -> Text,
        mode -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    evidence (id) {
        id -> Key,
        registration_id -> Key,
        kind -> Text,
        dated_on -> Date,
        description -> Text,
        document -> Nullable<Text>,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    disputes (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        appeal_master_id -> Nullable<Key>,
        registration_id -> Key,
        challenger_id -> Key,
        holder_id -> Key,
        agreement_id -> Key,
        prospect_name -> Text,
        country -> Text,
        tax_id -> Nullable<Text>,
        tax_key -> Nullable<Text>,
        domain -> Nullable<Text>,
        product_lines -> Nullable<Text>,
        grounds -> Text,
        state -> Text,
        heard_at -> Nullable<Instant>,
        challenger_until -> Nullable<Instant>,
        holder_until -> Nullable<Instant>,
        holder_heard -> Bool,
        appealable_until -> Nullable<Instant>,
        appealed_by -> Nullable<Text>,
        appeal -> Nullable<Text>,
        appealed_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        challenger_version -> BigInt,
        challenger_updated_at -> Instant,
        holder_version -> BigInt,
        holder_updated_at -> Instant,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    dispute_statements (id) {
        id -> Key,
        dispute_id -> Key,
        side -> Text,
        statement -> Text,
        made_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::Key;

    dispute_evidence (id) {
        id -> Key,
        statement_id -> Key,
        kind -> Text,
        dated_on -> Date,
        description -> Text,
        document -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    dispute_decisions (dispute_id, number) {
        dispute_id -> Key,
        number -> Integer,
        master_id -> Key,
        outcome -> Text,
        effects -> Text,
        challenger_ppm -> Integer,
        holder_ppm -> Integer,
        protection -> Text,
        made_registration_id -> Nullable<Key>,
        reasons -> Text,
        challenger_note -> Nullable<Text>,
        holder_note -> Nullable<Text>,
        decided_by -> Text,
        decided_at -> Instant,
    }
}

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

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    pursuits (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        prospect_name -> Text,
        country -> Text,
        tax_id -> Nullable<Text>,
        tax_key -> Nullable<Text>,
        domain -> Nullable<Text>,
        email -> Nullable<Text>,
        product_lines -> Nullable<Text>,
        state -> Text,
        reason -> Nullable<Text>,
        note -> Nullable<Text>,
        opened_by -> Text,
        closed_by -> Nullable<Text>,
        closed_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    pursuit_keys (pursuit_id, key, line) {
        pursuit_id -> Key,
        key -> Text,
        line -> Text,
        network_id -> Key,
        master_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    registration_checks (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        actor -> Text,
        digest -> Text,
        prospect_name -> Nullable<Text>,
        country -> Text,
        tax_key -> Nullable<Text>,
        domain -> Nullable<Text>,
        product_lines -> Nullable<Text>,
        status -> Text,
        matched_on -> Text,
        prospects_in_day -> Integer,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    checked_prospects (partner_id, digest) {
        partner_id -> Key,
        digest -> Text,
        last_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    overrides (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        registration_id -> Key,
        company_id -> Key,
        reason -> Text,
        product_lines -> Nullable<Text>,
        expires_on -> Nullable<Date>,
        state -> Text,
        granted_by -> Text,
        revoked_by -> Nullable<Text>,
        revoked_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    protected_lines (contract_id, line_id, registration_id) {
        contract_id -> Key,
        line_id -> Key,
        registration_id -> Key,
        override_id -> Key,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    promotions (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        stage_before -> Text,
        stage -> Text,
        from_day -> Date,
        state -> Text,
        proposed_side -> Text,
        proposed_by -> Text,
        note -> Nullable<Text>,
        conditions -> Text,
        measured_on -> Date,
        findings -> Nullable<Text>,
        reason -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Instant>,
        entered_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

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

    amendments (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        type_id -> Key,
        reach -> Text,
        effective_from -> Date,
        texts -> Text,
        document -> Text,
        reason -> Text,
        state -> Text,
        proposed_by -> Text,
        decided_by -> Nullable<Text>,
        decision_reason -> Nullable<Text>,
        terms_id -> Nullable<Key>,
        restated_sales -> Integer,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    restatements (id) {
        id -> Key,
        amendment_id -> Key,
        contract_id -> Key,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use crate::columns::Key;

    restated_places (attribution_id, terms_id) {
        attribution_id -> Key,
        terms_id -> Key,
        restatement_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    simulations (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        amendment_id -> Key,
        signed_from -> Date,
        signed_to -> Date,
        sales -> Integer,
        left_out -> Integer,
        made_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::Key;

    simulated_differences (id) {
        id -> Key,
        simulation_id -> Key,
        contract_id -> Key,
        annuity_id -> Key,
        attribution_id -> Key,
        partner_id -> Key,
        counterparty_id -> Key,
        rule -> Text,
        kind -> Text,
        currency -> Text,
        before_minor -> BigInt,
        after_minor -> BigInt,
        accrued_minor -> BigInt,
        held_minor -> BigInt,
        payable_minor -> BigInt,
        stated_minor -> BigInt,
        paid_minor -> BigInt,
        explanation -> Text,
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

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    journals (id) {
        id -> Key,
        network_id -> Key,
        source_kind -> Text,
        source_id -> Key,
        source_turn -> BigInt,
        cause -> Nullable<Text>,
        entry_count -> Integer,
        total_minor -> BigInt,
        seal_id -> Key,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    entries (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        journal_id -> Key,
        position -> Integer,
        debtor_id -> Key,
        creditor_id -> Key,
        kind -> Text,
        correction -> Nullable<Text>,
        corrects_id -> Nullable<Key>,
        amount_minor -> BigInt,
        currency -> Text,
        partner_id -> Key,
        counterparty_id -> Key,
        agreement_id -> Key,
        terms_id -> Key,
        contract_id -> Nullable<Key>,
        annuity_id -> Nullable<Key>,
        attribution_id -> Nullable<Key>,
        rule -> Text,
        sequence -> Nullable<Integer>,
        entitled_minor -> Nullable<BigInt>,
        explanation -> Text,
        dated_on -> Date,
        payable_on -> Date,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    adjustments (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        entry_id -> Key,
        direction -> Text,
        amount_minor -> BigInt,
        currency -> Text,
        reason -> Text,
        state -> Text,
        proposed_by -> Text,
        decided_by -> Nullable<Text>,
        note -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    services (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        partner_id -> Key,
        agreement_id -> Key,
        terms_id -> Key,
        served_id -> Key,
        fee -> Text,
        kind -> Text,
        unit -> Text,
        rate_minor -> BigInt,
        currency -> Text,
        quantity -> BigInt,
        amount_minor -> BigInt,
        done_on -> Date,
        description -> Text,
        evidence -> Text,
        reference -> Nullable<Text>,
        state -> Text,
        reason -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        introduction_id -> Nullable<Key>,
        project_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    recovery_plans (id) {
        id -> Key,
        network_id -> Key,
        master_id -> Key,
        entry_id -> Key,
        partner_id -> Key,
        reason -> Text,
        state -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::Key;

    recovery_instalments (plan_id, due_on) {
        plan_id -> Key,
        due_on -> Date,
        amount_minor -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    periods (id) {
        id -> Key,
        network_id -> Key,
        currency -> Text,
        starts_on -> Date,
        ends_on -> Date,
        closed_by -> Text,
        closed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    seals (journal_id) {
        journal_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    outcomes (id) {
        id -> Key,
        network_id -> Key,
        partner_id -> Key,
        attribution_id -> Key,
        annuity_id -> Key,
        contract_id -> Key,
        rule -> Text,
        reason -> Text,
        explanation -> Text,
        recorded_at -> Instant,
    }
}

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

diesel::table! {
    use diesel::sql_types::*;
    use crate::columns::{Instant, Key};

    prospect_names (number) {
        number -> BigInt,
        subject_id -> Key,
        kind -> Text,
        network_id -> Key,
        master_id -> Key,
        company_id -> Key,
        country -> Text,
        name -> Text,
        normalised -> Text,
        protects -> Bool,
        rules -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    prospect_name_keys (key, protects, number) {
        key -> BigInt,
        protects -> Bool,
        number -> BigInt,
    }
}

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

diesel::allow_tables_to_appear_in_same_query!(
    adjustments,
    agreement_stages,
    agreement_states,
    agreements,
    amendments,
    annuities,
    applications,
    attributions,
    bank_accounts,
    bank_entries,
    bank_statements,
    benefit_uses,
    catalogue_items,
    certificates,
    checked_prospects,
    companies,
    continuity_approvals,
    continuity_assignments,
    continuity_cases,
    continuity_evidence,
    continuity_moves,
    continuity_suspensions,
    contract_takeovers,
    contracts,
    course_sessions,
    courses,
    customers,
    dispute_decisions,
    dispute_evidence,
    dispute_statements,
    disputes,
    enrolments,
    entries,
    entry_fee_revisions,
    entry_fees,
    events,
    evidence,
    expertise,
    external_references,
    findings,
    follow_ups,
    guarantee_uses,
    guarantees,
    idempotency_keys,
    instalments,
    integration_secrets,
    integrations,
    introduction_keys,
    introduction_proposals,
    introduction_steps,
    introductions,
    invitations,
    journals,
    lines,
    masters,
    milestones,
    minimum_sales_years,
    networks,
    outcomes,
    overrides,
    partners,
    partnership_types,
    payout_files,
    payout_parts,
    payout_runs,
    payout_steps,
    payouts,
    periods,
    portfolio_places,
    prices,
    project_advice,
    projects,
    promotions,
    proposal_introductions,
    proposal_promoters,
    proposal_versions,
    proposals,
    prospect_name_keys,
    prospect_names,
    protected_lines,
    protected_prospects,
    pursuit_keys,
    pursuits,
    qualifications,
    recovery_instalments,
    recovery_plans,
    refresh_tokens,
    registration_checks,
    registration_keys,
    registrations,
    remittance_payments,
    remittance_reminders,
    responsibilities,
    restated_places,
    restatements,
    seals,
    services,
    sessions,
    simulated_differences,
    simulations,
    statement_documents,
    statement_lines,
    statement_notices,
    statement_parts,
    statement_payment_lines,
    statement_payments,
    statement_runs,
    statement_seals,
    statements,
    supervisions,
    support_requests,
    tax_profiles,
    terms,
    transfers,
    users
);
