//! `GET /api/v1/tenant/analytics/api-usage/errors.csv`

use crate::{
    auth::authorized::Authorized,
    db::Database,
    endpoint::endpoint,
    error::ApiError,
    models::usage::{
        request_log::{self, Entry},
        subject::Subject,
    },
    routes::tenant::usage_query,
    state::AppState,
    usage::{query::UsageParams, time_range::TimeRange},
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Bytes},
};
use futures_util::stream;
use shared::operation;

/// Rows that are read and sent at once.
const BATCH_SIZE: i64 = 500;

const COLUMNS: [&str; 11] = [
    "timestamp",
    "method",
    "path",
    "status",
    "error",
    "message",
    "refused_by",
    "duration_ms",
    "key_id",
    "source",
    "request_id",
];

/// Export failed requests
///
/// Returns the failed requests of a range as a CSV file, newest first. Each row has time, path,
/// status, error code and request id. Use it to analyze failures in a spreadsheet or program;
/// totals are in the API usage.
#[endpoint(operation::ExportErrors, errors(NotFound),
    examples(InvalidQuery("range", "Use 1h, 24h, 7d, 30d or custom.")), tag = "Management",
    params(UsageParams),
    responses((status = 200, description = "The file", body = String,
        content_type = "text/csv",
        example = "timestamp,method,path,status,error,message,refused_by,duration_ms,key_id,source,request_id\r\n2025-11-25T10:30:00Z,GET,/v1/contacts/{id},404,not_found,There is no such resource.,handler,1.204,key_4fGh7kQ2mXyZ,api,req_4fGh7kQ2mX00000001\r\n")))]
pub async fn export_errors(
    caller: Authorized<operation::ExportErrors>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = state.clock.now();
    let query = usage_query(&request, &caller, now)?;
    let range = query.range(now);
    let subject = state
        .db
        .read(move |conn| Subject::resolve(conn, caller.tenant_id, &query))
        .await?;
    let day = |moment: chrono::DateTime<chrono::Utc>| moment.format("%Y-%m-%d");
    let from = day(range.from);
    let to = day(range.last());
    let environment = subject.environment.as_str();
    let name = format!("api-errors-{environment}-{from}-to-{to}.csv");
    let disposition = format!("attachment; filename=\"{name}\"");
    let export = Export {
        db: state.db.clone(),
        subject,
        range,
        last: None,
        has_header: false,
        ended: false,
    };
    let body = stream::try_unfold(export, |mut export| async move {
        let text = export.next().await?;
        Ok::<_, ApiError>(text.map(|text| (Bytes::from(text), export)))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(Box::pin(body)))
}

/// A file that is being sent.
struct Export {
    db: Database,
    subject: Subject,
    range: TimeRange,
    /// Last row that was sent.
    last: Option<Entry>,
    /// `true` once the column names were sent.
    has_header: bool,
    ended: bool,
}

impl Export {
    /// Returns the next part; `None` after the last one.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        if self.ended {
            return Ok(None);
        }
        let subject = self.subject.clone();
        let range = self.range;
        let last = self.last.take();
        let rows = self
            .db
            .read(move |conn| request_log::failed(conn, &subject, range, last.as_ref(), BATCH_SIZE))
            .await?;
        self.ended = i64::try_from(rows.len()).is_ok_and(|len| len < BATCH_SIZE);
        let header = (!self.has_header).then(|| COLUMNS.map(str::to_owned));
        self.has_header = true;
        let text = csv(header.into_iter().chain(rows.iter().map(cells)));
        let text = text.map_err(ApiError::internal)?;
        self.last = rows.into_iter().next_back();
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}

/// Formats rows as CSV (RFC 4180).
fn csv<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> csv::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.map(without_formula))?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

fn cells(row: &Entry) -> [String; COLUMNS.len()] {
    let failed = row.view();
    [
        failed
            .timestamp
            .format("%Y-%m-%dT%H:%M:%S%.3fZ")
            .to_string(),
        failed.method,
        failed.path,
        failed.status.to_string(),
        failed.error.to_string(),
        failed.message,
        row.refused_by().as_str().to_owned(),
        row.duration_ms().to_string(),
        failed.key_id.to_string(),
        row.source.clone(),
        failed.request_id.to_string(),
    ]
}

/// Puts an apostrophe before text that a spreadsheet would run as a formula.
fn without_formula(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        for (cell, expected) in [
            ("plain text", "plain text"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2", "'-2"),
            ("", "\"\""),
        ] {
            let text = csv([[cell.to_owned()]].into_iter()).unwrap();
            assert_eq!(String::from_utf8(text).unwrap(), format!("{expected}\r\n"));
        }
    }
}
