//! The request log: failed requests, and a sample of the successful ones.

use crate::{
    db::DbConnection,
    error::ApiError,
    models::{
        api_key::VisibleKeys,
        usage::subject::{Subject, split_route},
    },
    schema::{api_keys, request_log},
    usage::{request_log::LoggedRequest, time_range::TimeRange},
};
use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, QueryDsl, RunQueryDsl, SelectableHelper,
    dsl::{max, sql},
    sql_types::Bool,
};
use shared::{
    error::ErrorCode,
    ids::{KeyId, RequestId},
    usage::{Check, FailedRequest, RequestDetail, RequestFailure},
};

/// A row to insert into `request_log`.
#[derive(diesel::Insertable)]
#[diesel(table_name = request_log)]
struct NewRow<'a> {
    request_id: &'a str,
    tenant_id: &'a str,
    at: NaiveDateTime,
    key_id: &'a str,
    lineage_id: &'a str,
    environment: &'a str,
    source: &'a str,
    client_address: String,
    route: &'a str,
    status: i32,
    duration_us: i64,
    error: Option<&'a str>,
    message: Option<&'a str>,
    refused_by: Option<&'a str>,
}

/// A row of `request_log`.
#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = request_log)]
pub struct Entry {
    seq: i64,
    request_id: String,
    at: NaiveDateTime,
    key_id: String,
    environment: String,
    /// Credential: `api` or `playground`.
    pub source: String,
    client_address: String,
    route: String,
    status: i32,
    duration_us: i64,
    error: Option<String>,
    message: Option<String>,
    refused_by: Option<String>,
}

/// Inserts requests into the log.
pub fn insert(conn: &mut DbConnection, requests: &[LoggedRequest]) -> Result<(), ApiError> {
    let rows = requests.iter().map(|request| {
        let failure = request.failure.as_ref();
        Ok(NewRow {
            request_id: &request.request_id,
            tenant_id: request.key.tenant_id.as_str(),
            at: request.at.naive_utc(),
            key_id: request.key.id.as_str(),
            lineage_id: &request.key.lineage_id,
            environment: request.key.environment.as_str(),
            source: request.source.as_str(),
            client_address: request.client.to_string(),
            route: &request.route,
            status: request.status.into(),
            duration_us: i64::try_from(request.duration_us).map_err(ApiError::internal)?,
            error: failure.map(|failure| failure.error.as_str()),
            message: failure.map(|failure| &*failure.message),
            refused_by: failure.map(|failure| failure.refused_by.as_str()),
        })
    });
    let rows: Vec<_> = rows.collect::<Result<_, ApiError>>()?;
    macro_rules! insert {
        ($conn:expr) => {
            diesel::insert_into(request_log::table)
                .values(&rows)
                .execute($conn)?
        };
    }
    match conn {
        DbConnection::Postgres(conn) => insert!(conn),
        DbConnection::Sqlite(conn) => insert!(conn),
    };
    Ok(())
}

/// Returns the request with this id, if it was made with a visible key.
pub fn get(
    conn: &mut DbConnection,
    visible: &VisibleKeys,
    id: &RequestId,
) -> Result<RequestDetail, ApiError> {
    let mut query = request_log::table
        .inner_join(api_keys::table.on(api_keys::id.eq(request_log::key_id)))
        .filter(request_log::request_id.eq(id.as_str()))
        .filter(request_log::tenant_id.eq(visible.tenant.as_str()))
        .select((Entry::as_select(), api_keys::name))
        .into_boxed();
    if let Some(environment) = visible.environment {
        query = query.filter(request_log::environment.eq(environment.as_str()));
    }
    let (request, key_name): (Entry, String) = query.first(conn)?;
    request.into_detail(key_name)
}

/// Returns failed requests in a range, newest first. `before` is the last one of the previous page.
pub fn failed(
    conn: &mut DbConnection,
    subject: &Subject,
    range: TimeRange,
    before: Option<&Entry>,
    limit: i64,
) -> Result<Vec<Entry>, ApiError> {
    let mut query = request_log::table
        .filter(request_log::tenant_id.eq(subject.tenant.as_str().to_owned()))
        // Written like the condition of the partial index, so that it is used.
        .filter(sql::<Bool>("status >= 400"))
        .filter(request_log::at.ge(range.from.naive_utc()))
        .filter(request_log::at.le(range.last().naive_utc()))
        .order((request_log::at.desc(), request_log::seq.desc()))
        .select(Entry::as_select())
        .limit(limit)
        .into_boxed();
    query = match &subject.lineage {
        // All keys of a lineage belong to one environment.
        Some(lineage) => query.filter(request_log::lineage_id.eq(lineage.clone())),
        None => query.filter(request_log::environment.eq(subject.environment.as_str())),
    };
    if let Some(last) = before {
        let earlier = request_log::at.lt(last.at);
        let same = request_log::at
            .eq(last.at)
            .and(request_log::seq.lt(last.seq));
        // Redundant, but lets the index start at the right position.
        query = query
            .filter(request_log::at.le(last.at))
            .filter(earlier.or(same));
    }
    Ok(query.load(conn)?)
}

/// Prunes about `limit` of the oldest requests if they are older than `before`, or if there are more
/// than `rows_max`. Rows are inserted in the order of time, within a second or two.
pub fn prune(
    conn: &mut DbConnection,
    before: NaiveDateTime,
    rows_max: i64,
    limit: i64,
) -> Result<usize, ApiError> {
    let newest: Option<i64> = request_log::table
        .select(max(request_log::seq))
        .first(conn)?;
    let surplus = newest.unwrap_or(0) - rows_max;
    let oldest: Vec<(i64, NaiveDateTime)> = request_log::table
        .order(request_log::seq)
        .select((request_log::seq, request_log::at))
        .limit(limit)
        .load(conn)?;
    let old = |(seq, at): &&(i64, NaiveDateTime)| *at < before || *seq <= surplus;
    let Some((last, _)) = oldest.iter().take_while(old).last() else {
        return Ok(0);
    };
    let old = request_log::table.filter(request_log::seq.le(*last));
    Ok(diesel::delete(old).execute(conn)?)
}

impl Entry {
    /// Converts to an entry of the list of recent errors.
    pub fn view(&self) -> FailedRequest {
        let (method, path) = split_route(&self.route);
        FailedRequest {
            timestamp: self.at.and_utc(),
            method: method.to_owned(),
            path: path.to_owned(),
            status: self.status(),
            error: self.code(),
            message: self.message.clone().unwrap_or_default(),
            key_id: KeyId::new(&*self.key_id),
            request_id: RequestId::new(&*self.request_id),
        }
    }

    /// Returns the check that rejected the request.
    pub fn refused_by(&self) -> Check {
        let stored = self.refused_by.as_deref();
        let known = Check::ALL
            .into_iter()
            .find(|check| Some(check.as_str()) == stored);
        known.unwrap_or(Check::Handler)
    }

    /// Returns the time from arrival to the last byte of the response, in milliseconds.
    pub fn duration_ms(&self) -> f64 {
        self.duration_us as f64 / 1000.0
    }

    fn status(&self) -> u16 {
        u16::try_from(self.status).unwrap_or_default()
    }

    /// Returns the error code. A code that no longer exists is reported as an internal error.
    fn code(&self) -> ErrorCode {
        let stored = self.error.as_deref();
        let known = ErrorCode::ALL
            .iter()
            .find(|code| Some(code.as_str()) == stored);
        known.copied().unwrap_or(ErrorCode::InternalError)
    }

    fn into_detail(self, key_name: String) -> Result<RequestDetail, ApiError> {
        let FailedRequest {
            timestamp,
            method,
            path,
            status,
            error,
            message,
            key_id,
            request_id,
        } = self.view();
        let failure = (status >= 400).then(|| RequestFailure {
            error,
            message,
            refused_by: self.refused_by(),
        });
        Ok(RequestDetail {
            request_id,
            timestamp,
            key_id,
            key_name,
            environment: self.environment.parse().map_err(ApiError::internal)?,
            duration_ms: self.duration_ms(),
            source: self.source,
            client_address: self.client_address,
            method,
            path,
            status,
            failure,
        })
    }
}
