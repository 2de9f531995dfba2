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

/// How many rows are read and sent at once.
const CHUNK: i64 = 500;

const HEAD: &str = "timestamp,method,path,status,error,message,refused_by,duration_ms,key_id,\
                    source,request_id\r\n";

/// Export failed requests
///
/// Returns the failed requests of a range as a CSV file, newest first.
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
    let (from, to) = (day(range.from), day(range.last()));
    let environment = subject.environment.as_str();
    let name = format!("api-errors-{environment}-{from}-to-{to}.csv");
    let disposition = format!("attachment; filename=\"{name}\"");
    let export = Export {
        db: state.db.clone(),
        subject,
        range,
        last: None,
        head: Some(HEAD),
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
    /// The last row that was sent.
    last: Option<Entry>,
    /// The first line, until it is sent.
    head: Option<&'static str>,
    ended: bool,
}

impl Export {
    /// The next piece; `None` after the last.
    async fn next(&mut self) -> Result<Option<String>, ApiError> {
        if self.ended {
            return Ok(None);
        }
        let (subject, range, last) = (self.subject.clone(), self.range, self.last.take());
        let rows = self
            .db
            .read(move |conn| request_log::failed(conn, &subject, range, last.as_ref(), CHUNK))
            .await?;
        self.ended = i64::try_from(rows.len()).is_ok_and(|len| len < CHUNK);
        let mut text = self.head.take().unwrap_or_default().to_owned();
        for row in &rows {
            write_line(&mut text, row);
        }
        self.last = rows.into_iter().next_back();
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}

fn write_line(text: &mut String, row: &Entry) {
    let failed = row.view();
    let timestamp = failed
        .timestamp
        .format("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string();
    let (status, duration) = (failed.status.to_string(), row.duration_ms().to_string());
    let cells = [
        &*timestamp,
        &failed.method,
        &failed.path,
        &status,
        failed.error.as_str(),
        &failed.message,
        row.refused_by().as_str(),
        &duration,
        failed.key_id.as_str(),
        &row.source,
        failed.request_id.as_str(),
    ];
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write_cell(text, cell);
    }
    text.push_str("\r\n");
}

/// A cell as RFC 4180 has it. What a spreadsheet would take for a formula gets an
/// apostrophe in front.
fn write_cell(text: &mut String, cell: &str) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = formula || cell.contains(['"', ',', '\r', '\n']);
    if !quoted {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
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
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-2", "\"'-2\""),
            ("", ""),
        ] {
            let mut text = String::new();
            write_cell(&mut text, cell);
            assert_eq!(text, expected);
        }
    }
}
