//! Usage by key in a report. Keys that replaced each other are one entry.

use crate::models::usage::report::tally::success_rate;
use crate::{
    db::DbConnection,
    error::ApiError,
    models::{
        api_key,
        usage::{
            rollup_by_key::{self, Count},
            subject::Subject,
        },
    },
    schema::{api_key_activity, api_keys},
    usage::{rollup_interval::RollupInterval, time_range::TimeRange},
};
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, NullableExpressionMethods, QueryDsl, RunQueryDsl};
use shared::{
    ids::{KeyId, TenantId},
    usage::KeyUsageRow,
};
use std::collections::HashMap;

/// Maximum number of keys in a report.
const KEYS_MAX: usize = 100;

/// Returns the lineages with the most requests.
pub(super) fn load(
    conn: &mut DbConnection,
    subject: &Subject,
    range: TimeRange,
) -> Result<Vec<KeyUsageRow>, ApiError> {
    let mut counts: HashMap<String, Count> = HashMap::new();
    for segment in range.segments(RollupInterval::Day) {
        for (lineage, count) in rollup_by_key::sums(conn, subject, segment)? {
            let sum = counts.entry(lineage).or_default();
            sum.requests += count.requests;
            sum.errors += count.errors;
        }
    }
    let mut busiest: Vec<_> = counts.into_iter().collect();
    busiest.sort_by(|a, b| b.1.requests.cmp(&a.1.requests).then_with(|| a.0.cmp(&b.0)));
    busiest.truncate(KEYS_MAX);
    let lineages: Vec<_> = busiest.iter().map(|(lineage, _)| lineage.clone()).collect();
    let mut newest = newest_keys(conn, &subject.tenant, &lineages)?;
    let rows = busiest.into_iter().filter_map(|(lineage_id, count)| {
        let key = newest.remove(&lineage_id)?;
        Some(KeyUsageRow {
            key_id: key.id,
            name: key.name,
            requests: count.requests,
            success_rate: success_rate(count),
            last_used_at: key.last_used_at.map(|date| date.and_utc()),
            lineage_id,
        })
    });
    Ok(rows.collect())
}

/// The newest key of a lineage, and the last use of any of its keys.
struct Newest {
    id: KeyId,
    name: String,
    last_used_at: Option<NaiveDateTime>,
}

fn newest_keys(
    conn: &mut DbConnection,
    tenant: &TenantId,
    lineages: &[String],
) -> Result<HashMap<String, Newest>, ApiError> {
    type Row = (String, String, String, Option<NaiveDateTime>);
    let keys: Vec<Row> = api_keys::table
        .left_join(api_key_activity::table)
        .filter(api_keys::tenant_id.eq(tenant.as_str()))
        .filter(api_keys::lineage_id.eq_any(lineages))
        .order(api_key::oldest_first())
        .select((
            api_keys::lineage_id,
            api_keys::id,
            api_keys::name,
            api_key_activity::last_used_at.nullable(),
        ))
        .load(conn)?;
    let mut newest: HashMap<String, Newest> = HashMap::new();
    for (lineage, id, name, last_used_at) in keys {
        let earlier = newest.get(&lineage).and_then(|key| key.last_used_at);
        let key = Newest {
            id: KeyId::new(id),
            name,
            last_used_at: earlier.max(last_used_at),
        };
        newest.insert(lineage, key);
    }
    Ok(newest)
}
