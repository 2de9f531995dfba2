//! The tables of both databases, as the migrations create them.
//!
//! Times are `Timestamp`s in UTC, because diesel's connection enum has no type with a time zone that
//! both databases support.

diesel::table! {
    tenants (id) {
        id -> Text,
        name -> Text,
        plan -> Text,
        rate_per_minute -> Nullable<Integer>,
        burst -> Nullable<Integer>,
        demo -> Bool,
        created_at -> Timestamp,
        allow_recoverable -> Bool,
        default_from -> Nullable<Text>,
        sender_domains -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> Text,
        tenant_id -> Text,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Text,
        created_at -> Timestamp,
        disabled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
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
    /// Check values of the secret keys that rows were created with.
    secret_keys (version) {
        version -> Integer,
        check_value -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// Change log by which processes invalidate each other's caches.
    changes (seq) {
        seq -> BigInt,
        subject -> Text,
        subject_id -> Text,
    }
}

diesel::table! {
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
        sealed_key -> Nullable<Text>,
        rotated_at -> Nullable<Timestamp>,
        name_folded -> Text,
    }
}

diesel::table! {
    /// Last use of each key.
    api_key_activity (key_id) {
        key_id -> Text,
        last_used_at -> Timestamp,
        last_used_address -> Nullable<Text>,
    }
}

diesel::table! {
    /// Last refused request of each key.
    api_key_refusals (key_id) {
        key_id -> Text,
        refused_at -> Timestamp,
        address -> Text,
        route -> Text,
        error -> Text,
    }
}

diesel::table! {
    /// Request counts and latencies by series, bucket and resolution.
    usage_rollups (tenant_id, lineage_id, resolution_secs, bucket, key_id, route, status, source) {
        tenant_id -> Text,
        lineage_id -> Text,
        resolution_secs -> Integer,
        bucket -> Timestamp,
        key_id -> Text,
        route -> Text,
        status -> Integer,
        source -> Text,
        requests -> BigInt,
        latency_us_sum -> BigInt,
        latency -> Binary,
        not_logged -> BigInt,
    }
}

diesel::table! {
    /// Request counts by key, bucket and resolution.
    usage_by_key (tenant_id, resolution_secs, bucket, lineage_id) {
        tenant_id -> Text,
        resolution_secs -> Integer,
        bucket -> Timestamp,
        lineage_id -> Text,
        requests -> BigInt,
        errors -> BigInt,
    }
}

diesel::table! {
    /// Peak use of the rate limits, by bucket and resolution.
    rate_limit_rollups (tenant_id, environment, resolution_secs, bucket) {
        tenant_id -> Text,
        environment -> Text,
        resolution_secs -> Integer,
        bucket -> Timestamp,
        admitted -> BigInt,
        refused -> BigInt,
        peak -> BigInt,
        peak_at -> Timestamp,
        peak_limit -> Integer,
        refused_by_endpoint -> BigInt,
    }
}

diesel::table! {
    /// Failed and recent requests, one per row.
    request_log (seq) {
        seq -> BigInt,
        request_id -> Text,
        tenant_id -> Text,
        at -> Timestamp,
        key_id -> Text,
        lineage_id -> Text,
        environment -> Text,
        source -> Text,
        client_address -> Text,
        route -> Text,
        status -> Integer,
        duration_us -> BigInt,
        error -> Nullable<Text>,
        message -> Nullable<Text>,
        refused_by -> Nullable<Text>,
    }
}

diesel::table! {
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
        search_text -> Text,
    }
}

diesel::table! {
    audit_log (seq) {
        seq -> BigInt,
        id -> Text,
        tenant_id -> Text,
        at -> Timestamp,
        actor_kind -> Text,
        actor_id -> Text,
        actor_email -> Text,
        actor_address -> Text,
        action -> Text,
        subject_id -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
    }
}

diesel::table! {
    templates (tenant_id, environment, id) {
        tenant_id -> Text,
        environment -> Text,
        id -> Text,
        name -> Text,
        subject -> Text,
        html_body -> Text,
        text_body -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    /// Emails, including the queue of those not sent yet.
    messages (id) {
        id -> Text,
        tenant_id -> Text,
        environment -> Text,
        origin -> Text,
        key_id -> Nullable<Text>,
        campaign_id -> Nullable<Text>,
        contact_id -> Nullable<Text>,
        sender -> Nullable<Text>,
        recipient -> Text,
        subject -> Text,
        html_body -> Nullable<Text>,
        text_body -> Nullable<Text>,
        tags -> Text,
        track_opens -> Bool,
        track_clicks -> Bool,
        status -> Text,
        captured -> Bool,
        priority -> Integer,
        attempts -> Integer,
        next_attempt_at -> Nullable<Timestamp>,
        claimed_until -> Nullable<Timestamp>,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
        sent_at -> Nullable<Timestamp>,
        variables -> Nullable<Text>,
    }
}

diesel::table! {
    /// Short-lived tokens by which the browser uses a key.
    playground_tokens (digest) {
        digest -> Text,
        key_id -> Text,
        session_id -> Text,
        role -> Text,
        address -> Text,
        expires_at -> Timestamp,
        scopes -> Text,
    }
}

diesel::table! {
    /// Delivery, open and click events of emails.
    message_events (seq) {
        seq -> BigInt,
        message_id -> Text,
        tenant_id -> Text,
        environment -> Text,
        campaign_id -> Nullable<Text>,
        kind -> Text,
        url -> Nullable<Text>,
        at -> Timestamp,
    }
}

diesel::table! {
    /// Responses that are replayed to repeated requests.
    idempotency_keys (tenant_id, environment, key) {
        tenant_id -> Text,
        environment -> Text,
        key -> Text,
        body_digest -> Text,
        status -> Integer,
        answer -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    campaigns (id) {
        id -> Text,
        tenant_id -> Text,
        environment -> Text,
        name -> Text,
        subject -> Text,
        template_id -> Nullable<Text>,
        html_body -> Nullable<Text>,
        text_body -> Nullable<Text>,
        sender -> Nullable<Text>,
        contact_tags -> Text,
        status -> Text,
        recipients -> BigInt,
        reached_at -> Nullable<Timestamp>,
        reached_id -> Nullable<Text>,
        all_queued -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        started_at -> Nullable<Timestamp>,
        completed_at -> Nullable<Timestamp>,
        chunk_attempts -> Integer,
        chunk_claimed_until -> Nullable<Timestamp>,
        failure_reason -> Nullable<Text>,
        search_text -> Text,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Usage of the plan's quotas in each environment.
    quota_usage (tenant_id, environment) {
        tenant_id -> Text,
        environment -> Text,
        templates -> BigInt,
        contacts -> BigInt,
        queued_emails -> BigInt,
        stored_bytes -> BigInt,
    }
}

diesel::table! {
    /// Quotas that the operator has set for a tenant.
    quota_overrides (tenant_id) {
        tenant_id -> Text,
        templates -> Nullable<BigInt>,
        contacts -> Nullable<BigInt>,
        keys -> Nullable<BigInt>,
        stored_bytes -> Nullable<BigInt>,
        queued_emails -> Nullable<BigInt>,
    }
}

diesel::joinable!(message_events -> messages (message_id));
diesel::joinable!(users -> tenants (tenant_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(api_key_activity -> api_keys (key_id));
diesel::joinable!(playground_tokens -> sessions (session_id));
diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    users,
    sessions,
    api_keys,
    api_key_activity,
    usage_rollups,
    usage_by_key,
    request_log,
    playground_tokens,
    messages,
    campaigns
);
diesel::allow_tables_to_appear_in_same_query!(messages, message_events);
diesel::allow_tables_to_appear_in_same_query!(quota_usage, quota_overrides, tenants);
