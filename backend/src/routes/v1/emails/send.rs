//! `POST /v1/emails/send`: queues an email.

use crate::{
    clock::Clock,
    db::DbConnection,
    endpoint::{Bound, endpoint, message},
    error::ApiError,
    gateway::caller::ApiCaller,
    json_body::Json,
    keys::cache::KeyRecord,
    mail::{
        address,
        render_pool::RenderPool,
        template::{Rendered, Source},
    },
    models::{
        idempotency::{Answer, Repeatable},
        message::{NewMessage, Origin},
        template::Template,
        tenant::{Tenant, sender::choose_sender},
    },
    names,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chrono::NaiveDateTime;
use ring::digest::{SHA256, digest};
use shared::{
    email::{
        BODY_MAX_BYTES, EmailAccepted, EmailStatus, SUBJECT_MAX_CHARS, SendEmail, TAG_MAX_CHARS,
        TAGS_MAX,
    },
    error::{ErrorCode, FieldError},
    ids::MessageId,
    key::holds_key,
    operation,
};
use std::sync::Arc;

const BOUNDS: &[(&str, Bound)] = &[
    ("to", Bound::Address),
    ("subject", Bound::Text(1, SUBJECT_MAX_CHARS)),
    ("html_body", Bound::Text(1, BODY_MAX_BYTES)),
    ("text_body", Bound::Text(1, BODY_MAX_BYTES)),
    ("tags", Bound::Texts(TAGS_MAX, TAG_MAX_CHARS)),
    (
        "template_id",
        Bound::Replaces {
            fields: &["subject", "html_body", "text_body"],
            required: &["subject", "html_body"],
        },
    ),
];

/// Maximum length of an `Idempotency-Key`.
const IDEMPOTENCY_KEY_MAX: usize = 255;

/// Send an email
///
/// Send a single transactional or marketing email. Supports templates, variables, and tracking.
///
/// Send either `template_id` with its `variables`, or `subject` and `html_body`, which are sent as
/// they are. The response confirms that the email is stored and will be sent; `GET /v1/emails/{id}`
/// returns its status. Emails sent with a test key never leave the sandbox.
///
/// With an `Idempotency-Key` you can repeat the request for 24 hours without sending a second
/// email: the same body gets the first response again, with `Idempotent-Replayed: true`.
#[endpoint(operation::SendEmail,
    errors(InvalidEmail("to", message::NOT_AN_EMAIL_ADDRESS), SenderNotAllowed,
        UnknownTemplate("template_id",
        "There is no template welcome-v2 among the live templates."), MissingVariable,
        QuotaExceeded, IdempotencyInFlight, IdempotencyKeyReused),
    examples(InvalidField("subject", message::REQUIRED_WITHOUT_TEMPLATE), UnknownField("html",
        message::UNKNOWN_NAME)), bounds(BOUNDS), tag = "Emails",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text of 1 to 255 \
        visible ASCII characters that is new for a new email", example = "order-1234-receipt",
        min_length = 1, max_length = 255)),
    request_body(content = SendEmail, examples(
        ("template" = (summary = "From a template", value = json!({"to": "user@example.com",
            "template_id": "welcome-v1", "variables": {"name": "Alice", "company": "Acme Corp"},
            "tags": ["onboarding", "welcome"]}))),
        ("without_template" = (summary = "With subject and body", value = json!({"to": "user@example.com",
            "subject": "Hello", "html_body": "<h1>Hello World</h1>"}))))),
    responses((status = 200, description = "The email is queued", body = EmailAccepted,
        example = json!({"id": "msg_8sJd2kLm4nPq6rSt", "status": "queued",
            "to": "user@example.com", "created_at": "2025-11-25T10:30:00Z"}))))]
pub async fn send_email(
    caller: ApiCaller<operation::SendEmail>,
    state: web::Data<AppState>,
    request: HttpRequest,
    Json(input): Json<SendEmail>,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let repeatable = repeatable(&state, &request, &key, &input)?;
    let held = repeatable.as_ref().map(|it| state.mail.in_flight.hold(it));
    let _until_answered = held.transpose()?;
    let (now, shared, before) = (state.clock.now_naive(), state.clone(), repeatable.clone());
    let prepare = move |conn: &mut DbConnection| {
        // Before validation: a stored response is replayed unchanged.
        if let Some(before) = before
            && let Some(answer) = before.answered(conn, now)?
        {
            return Ok(Err(answer));
        }
        Draft::new(conn, key, input, shared.mail.own_address()).map(Ok)
    };
    let draft = match state.db.read(prepare).await? {
        Ok(draft) => draft,
        Err(answer) => return Ok(replayed(answer)),
    };
    let message = draft.fill(&state.mail.templates).await?;
    let queued = state
        .db
        .write(move |conn| queue(conn, message, repeatable, now))
        .await?;
    Ok(match queued {
        Ok(accepted) => {
            state.mail.wake();
            HttpResponse::Ok().json(accepted)
        }
        Err(answer) => replayed(answer),
    })
}

/// Parses the `Idempotency-Key`, if there is one.
fn repeatable(
    state: &AppState,
    request: &HttpRequest,
    key: &KeyRecord,
    input: &SendEmail,
) -> Result<Option<Repeatable>, ApiError> {
    let Some(header) = request.headers().get("Idempotency-Key") else {
        return Ok(None);
    };
    let text = header.to_str().unwrap_or_default();
    let good = (1..=IDEMPOTENCY_KEY_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !good {
        let message = "Use 1 to 255 visible ASCII characters, without blanks.";
        return Err(field("Idempotency-Key", ErrorCode::InvalidField, message));
    }
    if holds_key(text) {
        let message = "This is an API key. Use a text of your own that is new for a new email.";
        return Err(field("Idempotency-Key", ErrorCode::InvalidField, message));
    }
    // A digest of the body's values, independent of formatting and member order.
    let mut body = serde_json::to_value(input).map_err(ApiError::internal)?;
    body.sort_all_objects();
    let body = serde_json::to_vec(&body).map_err(ApiError::internal)?;
    Ok(Some(Repeatable {
        tenant_id: key.tenant_id.clone(),
        environment: key.environment,
        key_digests: state.secrets.idempotency_digests(text),
        body_digest: STANDARD_NO_PAD.encode(digest(&SHA256, &body)),
    }))
}

/// A validated request with all the data that it needs from the database.
struct Draft {
    key: Arc<KeyRecord>,
    input: SendEmail,
    sender: String,
    template: Option<Template>,
}

impl Draft {
    fn new(
        conn: &mut DbConnection,
        key: Arc<KeyRecord>,
        mut input: SendEmail,
        own_address: &str,
    ) -> Result<Self, ApiError> {
        address::normalize("to", &mut input.to)?;
        address::normalize_sender(&mut input.from)?;
        names::normalize(&mut input.tags);
        input.validate().map_err(ApiError::fields)?;
        if input.to.parse::<lettre::Address>().is_err() {
            let message = "No mail server takes this address. Use the form name@example.com.";
            return Err(field("to", ErrorCode::InvalidEmail, message));
        }
        let tenant = Tenant::get(conn, &key.tenant_id)?;
        let sender = choose_sender(&tenant, input.from.as_deref(), own_address)
            .map_err(|fault| ApiError::fields(vec![fault]))?;
        let template = match &input.template_id {
            None => None,
            Some(id) => {
                let template = Template::get(conn, &key.tenant_id, key.environment, id)?;
                Some(template.ok_or_else(|| {
                    let message = format!(
                        "There is no template {id} among the {} templates.",
                        key.environment.as_str()
                    );
                    field("template_id", ErrorCode::UnknownTemplate, message)
                })?)
            }
        };
        Ok(Self {
            key,
            input,
            sender,
            template,
        })
    }

    /// Renders the template, if there is one.
    async fn fill(self, pool: &RenderPool) -> Result<NewMessage, ApiError> {
        let input = self.input;
        let content = match self.template {
            None => Rendered {
                subject: input.subject.unwrap_or_default(),
                html_body: input.html_body.unwrap_or_default(),
                text_body: input.text_body,
            },
            Some(template) => {
                let variables = input.variables.unwrap_or_default();
                let render = move |clock: &Clock| Source::from(&template).render(&variables, clock);
                let rendered = pool.run(&self.key.tenant_id, render).await?;
                rendered.map_err(|error| ApiError::fields(vec![error]))?
            }
        };
        Ok(NewMessage {
            tenant_id: self.key.tenant_id.clone(),
            environment: self.key.environment,
            origin: Origin::Api(self.key.id.clone()),
            sender: Some(self.sender),
            recipient: input.to,
            subject: content.subject,
            html_body: Some(content.html_body),
            text_body: content.text_body,
            variables: None,
            tags: input.tags,
            track_opens: input.track_opens,
            track_clicks: input.track_clicks,
        })
    }
}

/// Queues the email and stores the response, in one transaction. `Err` is the response that another
/// process has stored meanwhile.
fn queue(
    conn: &mut DbConnection,
    message: NewMessage,
    repeatable: Option<Repeatable>,
    now: NaiveDateTime,
) -> Result<Result<EmailAccepted, Answer>, ApiError> {
    if let Some(repeatable) = &repeatable {
        repeatable.lock(conn)?;
        if let Some(answer) = repeatable.answered(conn, now)? {
            return Ok(Err(answer));
        }
    }
    let queued = message.queue(conn, now)?;
    let message = queued.ok_or_else(|| ApiError::internal("a new id was taken"))?;
    let accepted = EmailAccepted {
        id: MessageId::new(message.id),
        status: EmailStatus::Queued,
        to: message.recipient,
        created_at: message.created_at.and_utc(),
    };
    if let Some(repeatable) = &repeatable {
        let body = serde_json::to_string(&accepted).map_err(ApiError::internal)?;
        repeatable.keep(conn, &Answer { status: 200, body }, now)?;
    }
    Ok(Ok(accepted))
}

fn replayed(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    HttpResponse::build(status)
        .insert_header(("Idempotent-Replayed", "true"))
        .content_type("application/json")
        .body(answer.body)
}

fn field(name: &str, code: ErrorCode, message: impl Into<String>) -> ApiError {
    ApiError::fields(vec![FieldError::new(name, code, message)])
}
