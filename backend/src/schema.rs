//! The tables, as both databases have them. Kept in step with `migrations/` by
//! `tests/it/migrations.rs`, which compares the columns.

#![expect(missing_docs, reason = "diesel gives every column a struct of its own")]

diesel::table! {
    /// Companies.
    tenants (id) {
        id -> Text,
        name -> Text,
        plan -> Text,
        rate_per_minute -> Nullable<Integer>,
        burst -> Nullable<Integer>,
        demo -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// People who sign in.
    users (id) {
        id -> Text,
        tenant_id -> Text,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// Signed-in browsers.
    sessions (id) {
        id -> Text,
        user_id -> Text,
        token_hash -> Text,
        previous_token_hash -> Nullable<Text>,
        rotated_at -> Timestamp,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
        expires_at -> Timestamp,
        sudo_until -> Nullable<Timestamp>,
        address -> Text,
        user_agent -> Text,
    }
}

diesel::table! {
    /// Check values of the secret keys that rows were made with.
    secret_keys (version) {
        version -> Integer,
        check_value -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// What other processes must forget from their caches.
    changes (seq) {
        seq -> BigInt,
        subject -> Text,
        subject_id -> Text,
    }
}

diesel::table! {
    /// API keys.
    api_keys (id) {
        id -> Text,
        tenant_id -> Text,
        lineage_id -> Text,
        name -> Text,
        description -> Text,
        environment -> Text,
        scopes -> Text,
        bulk_approved_at -> Nullable<Timestamp>,
        ip_allowlist -> Text,
        secret_hash -> Text,
        secret_version -> Integer,
        mask_suffix -> Text,
        created_at -> Timestamp,
        creator_kind -> Text,
        creator_id -> Text,
        creator_email -> Text,
        expires_at -> Nullable<Timestamp>,
        grace_until -> Nullable<Timestamp>,
        disabled_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// When keys were last used.
    api_key_activity (key_id) {
        key_id -> Text,
        last_used_at -> Timestamp,
    }
}

diesel::table! {
    /// Request counts and latencies by series, bucket and resolution.
    usage_rollups (tenant_id, resolution_secs, bucket, key_id, route, status, source) {
        tenant_id -> Text,
        resolution_secs -> Integer,
        bucket -> Timestamp,
        key_id -> Text,
        lineage_id -> Text,
        route -> Text,
        status -> Integer,
        source -> Text,
        requests -> BigInt,
        latency_us_sum -> BigInt,
        latency -> Binary,
    }
}

diesel::table! {
    /// The people that tenants mail.
    contacts (id) {
        id -> Text,
        tenant_id -> Text,
        environment -> Text,
        email -> Text,
        first_name -> Text,
        last_name -> Text,
        tags -> Text,
        attributes -> Text,
        status -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::joinable!(users -> tenants (tenant_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(api_key_activity -> api_keys (key_id));
diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    users,
    sessions,
    api_keys,
    api_key_activity,
    usage_rollups
);
